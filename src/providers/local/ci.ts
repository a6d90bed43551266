import { RecordRef, type Records } from '../../git/record-ref.ts';
import { withCommitWorktree } from '../../git/throw-away.ts';
import type { CI, CIJob, CIRun } from '../generated/ports.ts';
import { cleanText } from '../shape.ts';
import type { LocalContext, LocalJob } from './context.ts';
import { notFound, numbersIn, readRecord, recordDocument } from './record-document.ts';

/** So many runs are kept, each with the end of what its jobs printed. */
const MOST_RUNS = 200;
const MOST_LOG = 256 * 1024;
/** The job that makes the worktree ready: its pass says nothing of the commit. */
const PREPARE = 'prepare';
const CUT = '(what came before is left out)\n';

/**
 * Runs the gates of a commit in a throw-away worktree, here and now, and keeps what came of it on
 * `refs/treework/ci` of the remote, without one of this repository: `12/run.md`, `12/test.log`.
 */
export function localCI({ repository, now, runGates }: LocalContext): CI {
  const store = new RecordRef(repository, 'ci');
  const required = (records: Records, id: string): CIRun => {
    const run = readRun(records, id);
    if (run) return run;
    throw notFound(`run ${id}`, `the last one is ${numbersIn(records.paths, '').at(-1) ?? 'none'}`);
  };
  return {
    async startRun({ commit, branch = null }) {
      const started = now();
      const gates = await withCommitWorktree(repository, commit, runGates);
      const jobs = gates.map(({ name, state, summary }): CIJob => ({ name, state, summary: cleanText(summary, true).slice(0, 400) }));
      const state = jobs.some((job) => job.state === 'failed') || !jobs.some((job) => job.state === 'passed' && job.name !== PREPARE) ? 'failed' : 'passed';
      return store.change((records) => {
        const numbers = numbersIn(records.paths, '');
        const id = String((numbers.at(-1) ?? 0) + 1);
        const answer: CIRun = { id, commit, branch, state, jobs, started, ended: now(), url: null };
        const dropped = new Set(numbers.slice(0, Math.max(0, numbers.length + 1 - MOST_RUNS)).map(String));
        const old = records.paths.filter((path) => dropped.has(path.split('/', 1)[0] as string)).map((path) => [path, undefined] as const);
        return { files: new Map([...old, ...filesOf(answer, gates)]), message: `${state}: ${commit}`, answer };
      });
    },
    async findRuns({ commit }) {
      const records = store.read();
      records.load((path) => path.endsWith('/run.md'));
      const runs = numbersIn(records.paths, '').flatMap((number) => readRun(records, String(number)) ?? []);
      return runs.filter((run) => run.commit === commit).reverse();
    },
    async getRun({ id }) {
      return readRun(store.read(), id) ?? null;
    },
    async readLog({ run, job }) {
      const records = store.read();
      const at = required(records, run).jobs.findIndex(({ name }) => name === job);
      const text = at === -1 ? undefined : records.files.read(logPath(run, at))?.toString();
      if (text === undefined) throw notFound(`job ${job} of run ${run}`, `its jobs are ${required(records, run).jobs.map(({ name }) => name).join(', ')}`);
      return { text, truncated: text.startsWith(CUT) };
    },
  };
}

function logPath(run: string, job: number): string {
  return `${run}/${job + 1}.log`;
}

function readRun(records: Records, id: string): CIRun | undefined {
  const record = /^\d{1,9}$/.test(id) ? readRecord(records, `${id}/run.md`) : undefined;
  if (!record) return undefined;
  const { commit, branch = null, state, jobs, started, ended } = record.data as Omit<CIRun, 'id' | 'url'>;
  return { id, commit, branch, state, jobs, started, ended, url: null };
}

function filesOf({ id, commit, branch, state, started, ended, jobs }: CIRun, gates: readonly LocalJob[]): [string, string][] {
  const logs = gates.map(({ output }, index): [string, string] => {
    const text = cleanText(output, false);
    return [logPath(id, index), text.length > MOST_LOG ? `${CUT}${text.slice(text.length - MOST_LOG)}` : text];
  });
  return [[`${id}/run.md`, recordDocument({ state, commit, ...(branch !== null && { branch }), started, ended, jobs }, '')], ...logs];
}
