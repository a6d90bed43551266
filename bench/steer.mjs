/** What it costs to be told what comes next, and to begin it. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createForest } from './everywhere.mjs';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const FOLDER = 'docs/specs/BENCH-7';
const NODES = 50;
const LABELS = { bare: '`node -e 0` alone', next: 'treework next --json', start: 'treework node start' };
const AT = 'at: "2026-01-02T10:00:00Z"';

/** One ticket of 50 nodes, half of them complete, among `tickets`. */
function createRepository(directory, tickets) {
  createForest(directory, { branches: 0, tickets, each: 0 });
  const pin = `sha256:${createHash('sha256').update(readFileSync(join(directory, FOLDER, 'spec.md'))).digest('hex')}`;
  const leaf = (number) => `  - {id: n${number}, title: "Part ${number}", covers: none, scope: ["src/part-${number}/**"]${number % 5 === 0 && number > 0 ? `, depends_on: [n${number - 5}]` : ''}}\n`;
  const nodes = Array.from({ length: NODES }, (_, number) => leaf(number)).join('');
  mkdirSync(join(directory, FOLDER, 'nodes'), { recursive: true });
  writeFileSync(join(directory, FOLDER, 'tasks.md'), `---\nticket: BENCH-7\ngoal: {title: Everything, why: It is all needed at once}\nspec: ${pin}\nnodes:\n${nodes}  - {id: verify, title: Verify it all}\n---\n`);
  for (let number = 0; number < NODES / 2; number++) {
    const start = `  - {to: in_progress, by: impl-1, ${AT}, wave: ${number + 1}, spec: "${pin}"}\n`;
    const rest = `  - {to: in_progress, by: impl-1, ${AT}, done: true}\n  - {to: complete, by: impl-1, ${AT}, verdict: pass, verified_by: review-1}\n`;
    writeFileSync(join(directory, FOLDER, 'nodes', `n${number}.md`), `---\nnode: n${number}\nstatus: complete\nl0: Part ${number} is there\nhistory:\n${start}${rest}---\n\nWhat was done.\n`);
  }
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--no-verify', '-m', 'docs: a ticket of fifty nodes');
}

/** `next --json` and `node start` on a ticket of 50 nodes among 1,000, beside bare node. */
export function measureSteer(bench, tickets = 1_000) {
  const title = `The next step of a ticket of ${NODES} nodes among ${tickets.toLocaleString('en')} tickets`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'steer');
  bench.say('steer');
  try {
    if (why) throw new Error(why);
    createRepository(directory, tickets);
    const command = (...args) => [bench.treework.bin, ...args, '--ticket', 'BENCH-7', '--json'];
    const record = join(directory, FOLDER, 'nodes', 'n25.md');
    const times = interleave([
      { id: 'bare', command: [process.execPath, '-e', '0'] },
      { id: 'next', command: command('next'), cwd: directory },
      { id: 'start', command: command('node', 'start', 'n25', '--by', 'impl-1'), cwd: directory, after: () => rmSync(record) },
    ], bench.runs);
    return { id: 'steer', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'steer', title, rows: ['next', 'start'].map((id) => ({ id, label: LABELS[id], why: reason(error) })) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
