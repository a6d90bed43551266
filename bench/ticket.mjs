/** What a commit costs in one large ticket. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository } from './corpus.mjs';
import { installNodeHook, installTreeworkHooks } from './contenders.mjs';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const FOLDER = 'docs/specs/LARGE-1';
const PHASES = 10;
const LABELS = { bare: '`node -e 0` alone', none: 'no hook', node: 'hook `node -e 0`', treework: 'treework', check: 'treework check, of that ticket in the work tree' };
const SPEC = `---\nticket: LARGE-1\ntitle: One large ticket\n---\n\n## Requirements\n\n${Array.from({ length: 40 }, (_, index) => `### Requirement: Rule ${index}\n\nThe system SHALL hold rule ${index}.\n\n#### Scenario: Rule ${index} is broken\n\n- **GIVEN** a request\n- **WHEN** it breaks rule ${index}\n- **THEN** it is refused\n`).join('\n')}`;
const PIN = `sha256:${createHash('sha256').update(SPEC).digest('hex')}`;
const AT = 'at: "2026-01-02T10:00:00Z"';

function tasks(count) {
  const each = count / PHASES;
  const leaf = (number) => `      - {id: n${number}, title: "Node ${number}", covers: none, scope: ["src/part-${number}/**"]${number % each === 0 ? '' : `, depends_on: [n${number - 1}]`}}\n`;
  const phase = (index) => `  - id: phase-${index}\n    ${index === 0 ? '' : `depends_on: [phase-${index - 1}]\n    `}nodes:\n${Array.from({ length: each }, (_, at) => leaf(index * each + at)).join('')}`;
  const phases = Array.from({ length: PHASES }, (_, index) => phase(index)).join('');
  return `---\nticket: LARGE-1\ngoal: {title: Everything, why: It is all needed at once}\nspec: ${PIN}\nnodes:\n${phases}  - {id: verify, title: Verify it all, depends_on: [phase-${PHASES - 1}]}\n---\n`;
}

function record(number, isComplete) {
  const start = `  - {to: in_progress, by: impl-1, ${AT}, wave: ${number + 1}, spec: "${PIN}"}\n`;
  if (!isComplete) return `---\nnode: n${number}\nstatus: in_progress\nhistory:\n${start}---\n`;
  return `---\nnode: n${number}\nstatus: complete\nl0: Part ${number} is there\nl1: {decisions: [As planned], contracts: ["part${number}(): void"], files: [src/part-${number}/index.ts]}\nhistory:\n${start}  - {to: in_progress, by: impl-1, ${AT}, done: true}\n  - {to: complete, by: impl-1, ${AT}, verdict: pass, verified_by: review-1}\n---\n\nWhat was done, at length.\n`;
}

/** Half of the nodes are complete. */
async function createTicket(directory, count) {
  await createRepository(directory, 200);
  mkdirSync(join(directory, FOLDER, 'nodes'), { recursive: true });
  writeFileSync(join(directory, FOLDER, 'spec.md'), SPEC);
  writeFileSync(join(directory, FOLDER, 'tasks.md'), tasks(count));
  for (let number = 0; number < count / 2; number++) writeFileSync(join(directory, FOLDER, 'nodes', `n${number}.md`), record(number, true));
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--no-verify', '-m', 'docs: a large ticket');
}

/** Each round starts the next node, and completes it once it is committed. */
function stageNode(directory, number) {
  const path = join(directory, FOLDER, 'nodes', `n${number}.md`);
  writeFileSync(path, record(number, false));
  git(directory, 'add', path);
}

function completeNode(directory, number) {
  const path = join(directory, FOLDER, 'nodes', `n${number}.md`);
  writeFileSync(path, record(number, true));
  git(directory, 'add', path);
  git(directory, 'commit', '--quiet', '--no-verify', '-m', 'docs: complete a node');
}

/** Commits of one node's record in a ticket of `count` nodes, and the check of that ticket alone. */
export async function measureTicket(bench, count) {
  const install = { none: () => {}, node: installNodeHook, treework: (directory) => installTreeworkHooks(directory, bench.treework, 'docs/specs/BENCH-1/spec.md') };
  const [ready, absent] = [[], []];
  for (const id of ['none', 'node', 'treework'].filter(bench.wants)) {
    const directory = join(bench.folder, `ticket-${id}`);
    const why = bench.unavailable(id);
    try {
      if (why) throw new Error(why);
      await createTicket(directory, count);
      install[id](directory);
      ready.push({ id, directory });
    } catch (error) {
      absent.push({ id, label: LABELS[id], why: reason(error) });
    }
  }
  bench.say(`a ticket of ${count} nodes`);
  const commits = interleave(ready.map(({ id, directory }) => ({
    id, command: ['git', 'commit', '--quiet', '-m', 'docs: start a node'], cwd: directory,
    before: (round) => stageNode(directory, count / 2 + round), after: (round) => completeNode(directory, count / 2 + round),
  })), bench.runs);
  const own = ready.find(({ id }) => id === 'treework');
  const checks = own ? interleave([{ id: 'bare', command: [process.execPath, '-e', '0'] }, { id: 'check', command: [bench.treework.bin, 'check', FOLDER], cwd: own.directory }], bench.runs) : new Map();
  for (const { directory } of ready) rmSync(directory, { recursive: true });
  const rows = (times) => [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time }));
  return [
    { id: 'ticket', title: `A commit of one node's record in a ticket of ${count} nodes`, rows: [...rows(commits), ...absent] },
    { id: 'ticket-check', title: `A check of a ticket of ${count} nodes`, rows: rows(checks) },
  ];
}
