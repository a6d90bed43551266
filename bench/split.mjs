/** What it costs to make a stack of a branch of a hundred commits, beside moving them. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const COMMITS = 100;
const NODES = 10;
const FILES = 1_000;
const LABELS = { rebase: '`git rebase` of the branch', split: 'treework split of it into reviewable parts' };

/** A trunk that has gone on, and a branch whose commits go to and fro between ten nodes, one file of them all. */
function createRepository(directory) {
  mkdirSync(join(directory, 'docs/specs/BENCH-7'), { recursive: true });
  git(directory, 'init', '--quiet', '--initial-branch=main');
  for (const [key, value] of Object.entries({ 'user.name': 'Bench', 'user.email': 'bench@example.com', 'commit.gpgsign': 'false', 'gc.auto': '0' })) git(directory, 'config', key, value);
  const nodes = Array.from({ length: NODES }, (_, node) => `  - {id: n${node}, scope: ["src/part-${node}/**"]}\n`).join('');
  writeFileSync(join(directory, 'WORKSPACE.md'), '---\ntreework: 1\n---\n\n# Workspace\n');
  writeFileSync(join(directory, 'docs/specs/BENCH-7/tasks.md'), `---\nticket: BENCH-7\ngoal: {title: Everything, why: It is all needed at once}\nspec: ''\nnodes:\n${nodes}---\n`);
  for (let file = 0; file < FILES; file++) {
    mkdirSync(join(directory, `src/part-${file % NODES}`), { recursive: true });
    writeFileSync(join(directory, `src/part-${file % NODES}/f${file}.ts`), `export const f${file} = ${file};\n`);
  }
  writeFileSync(join(directory, 'shared.txt'), Array.from({ length: 10 * COMMITS }, (_, line) => `line ${line}\n`).join(''));
  const commit = (message) => {
    git(directory, 'add', '--all');
    git(directory, 'commit', '--quiet', '--no-verify', '-m', message);
  };
  commit('chore: begin');
  git(directory, 'switch', '--quiet', '-c', 'BENCH-7--work');
  for (let number = 0; number < COMMITS; number++) {
    const node = (number * 7) % NODES;
    writeFileSync(join(directory, `src/part-${node}/new${number}.ts`), `export const value = ${number};\n`.repeat(10));
    appendFileSync(join(directory, `src/part-${node}/f${node}.ts`), `export const more${number} = ${number};\n`);
    if (number % 10 === 0) writeFileSync(join(directory, 'shared.txt'), git(directory, 'show', 'HEAD:shared.txt').replace(`line ${number * 10}\n`, `changed ${number}\n`) + '\n');
    commit(`feat: change ${number}\n\nNode: BENCH-7/n${node}`);
  }
  git(directory, 'switch', '--quiet', 'main');
  writeFileSync(join(directory, 'trunk.txt'), 'on\n');
  commit('chore: go on');
}

/** Every round from the same refs. */
function reset(directory) {
  git(directory, 'switch', '--quiet', '-C', 'again', 'BENCH-7--work');
  const made = git(directory, 'for-each-ref', '--format=%(refname)', 'refs/heads/BENCH-7--p*', 'refs/treework').split('\n').filter(Boolean);
  for (const ref of made) git(directory, 'update-ref', '-d', ref);
}

export function measureSplit(bench) {
  const title = `A branch of ${COMMITS} commits over ${NODES} nodes, made a stack`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'split');
  bench.say('split');
  try {
    if (why) throw new Error(why);
    createRepository(directory);
    const times = interleave([
      { id: 'rebase', command: ['git', 'rebase', '--quiet', 'main'], cwd: directory, before: () => reset(directory) },
      { id: 'split', command: [bench.treework.bin, 'split', 'BENCH-7--work', '--json'], cwd: directory, before: () => reset(directory) },
    ], bench.runs);
    return { id: 'split', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'split', title, rows: Object.entries(LABELS).map(([id, label]) => ({ id, label, why: reason(error) })) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
