import type { CI, CIRun } from '../generated/ports.ts';
import { defined, holds, refused, same, type Check } from './check.ts';

export interface CISubject {
  readonly port: CI;
  /** A commit whose checks pass. */
  readonly passing: string;
  /** A commit of which at least one check fails. */
  readonly failing: string;
  /** Waits before a run is looked at again; needed where runs end later. */
  readonly wait?: () => Promise<void>;
}

const MOST_LOOKS = 200;

/** The run when it has ended. */
async function ended({ port, wait }: CISubject, run: CIRun): Promise<CIRun> {
  let now = run;
  for (let look = 0; now.ended === null && look < MOST_LOOKS; look += 1) {
    await wait?.();
    now = defined('the run that was started', await port.getRun({ id: run.id }));
  }
  holds('run that never ends', now.ended !== null);
  return now;
}

export const ciChecks: readonly Check<CISubject>[] = [
  {
    name: 'a commit whose checks pass passes, and its run can be read again',
    async run(subject) {
      const { port, passing } = subject;
      const run = await ended(subject, await port.startRun({ commit: passing, branch: 'kit' }));
      same('commit and state', [run.commit, run.state], [passing, 'passed']);
      holds('pass without a job that passed', run.jobs.some(({ state }) => state === 'passed'));
      same('run read again', await port.getRun({ id: run.id }), run);
      holds('absence of the run among those of its commit', (await port.findRuns({ commit: passing })).some(({ id }) => id === run.id));
    },
  },
  {
    name: 'a commit of which a check fails has failed, and the job’s log says why',
    async run(subject) {
      const { port, failing } = subject;
      const run = await ended(subject, await port.startRun({ commit: failing }));
      same('state', run.state, 'failed');
      const job = defined('a job that failed', run.jobs.find(({ state }) => state === 'failed'));
      const log = await port.readLog({ run: run.id, job: job.name });
      holds('empty log of a job that failed', log.text.trim() !== '');
    },
  },
  {
    name: 'runs of a commit are found the newest first, those of others are not',
    async run(subject) {
      const { port, passing, failing } = subject;
      const first = await ended(subject, await port.startRun({ commit: passing }));
      const second = await ended(subject, await port.startRun({ commit: passing }));
      const ids = (await port.findRuns({ commit: passing })).map(({ id }) => id);
      holds('order of runs', ids.indexOf(second.id) !== -1 && ids.indexOf(second.id) < ids.indexOf(first.id));
      holds('run of one commit among those of another', (await port.findRuns({ commit: failing })).every(({ commit }) => commit === failing));
    },
  },
  {
    name: 'what is not there is null or none when read, and refused otherwise',
    async run(subject) {
      const { port, passing } = subject;
      const nowhere = '0123456789'.repeat(7).slice(0, passing.length);
      same('unknown run', await port.getRun({ id: '999999999' }), null);
      same('runs of an unknown commit', await port.findRuns({ commit: nowhere }), []);
      await refused('startRun', 'not-found', port.startRun({ commit: nowhere }));
      await refused('readLog of an unknown run', 'not-found', port.readLog({ run: '999999999', job: 'test' }));
      const run = await ended(subject, await port.startRun({ commit: passing }));
      await refused('readLog of an unknown job', 'not-found', port.readLog({ run: run.id, job: 'no such job' }));
    },
  },
];
