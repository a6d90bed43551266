/** What it costs to find what is merged among many branches, and whether it is found. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const LABELS = { bare: '`node -e 0` alone', merged: '`git branch --merged`', prune: 'treework prune' };

const blob = (path, text) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;

/**
 * A trunk that has squash-merged every second one of `branches` branches of three commits. Of the others
 * every second one had only its first two commits picked, so that most of its changes are there.
 */
function createBranches(directory, branches) {
  mkdirSync(directory, { recursive: true });
  git(directory, 'init', '--quiet', '--template=', '--initial-branch=main');
  for (const [name, value] of Object.entries({ 'user.name': 'Bench', 'user.email': 'bench@example.com', 'gc.auto': '0', 'fastimport.unpackLimit': '1' })) git(directory, 'config', name, value);
  const commit = (ref, message, from) => `commit refs/heads/${ref}\ncommitter Bench <bench@example.com> 1767348000 +0000\ndata ${message.length}\n${message}\n${from ? `from ${from}\n` : ''}`;
  const lines = (number, changed) => Array.from({ length: 60 }, (_, line) => `line ${line} of ${number}${line % 20 === 10 && line / 20 < changed ? ', changed' : ''}\n`).join('');
  const all = Array.from({ length: branches }, (_, number) => number);
  let stream = `${commit('main', 'begin')}${blob('WORKSPACE.md', '---\ntreework: 1\n---\n')}${all.map((number) => blob(`src/f${number}.txt`, lines(number, 0))).join('')}\n`;
  for (const number of all) {
    const ref = `BENCH-${number}--feature`;
    for (const step of [1, 2, 3]) stream += `${commit(ref, `feat: step ${step} of ${number}`, step === 1 ? 'refs/heads/main' : undefined)}${blob(`src/f${number}.txt`, lines(number, step))}${step === 3 ? blob(`src/new${number}.txt`, `new ${number}\n`) : ''}\n`;
  }
  for (const number of all) {
    if (number % 2 === 0) stream += `${commit('main', `feat: ${number} (#${number})`)}${blob(`src/f${number}.txt`, lines(number, 3))}${blob(`src/new${number}.txt`, `new ${number}\n`)}\n`;
    else if (number % 4 === 1) stream += `${commit('main', `feat: part of ${number}`)}${blob(`src/f${number}.txt`, lines(number, 2))}\n`;
  }
  const made = spawnSync('git', ['fast-import', '--quiet', '--done'], { cwd: directory, env: cleanEnvironment(), input: `${stream}done\n` });
  if (made.status !== 0) throw new Error(`Unexpected exit ${made.status} of git fast-import, expected 0: ${made.stderr}`);
  git(directory, 'reset', '--quiet', '--hard');
}

/** `treework prune` over 100 branches of which 50 were squash-merged, beside bare node; `found` and `falsely` count branches. */
export function measurePrune(bench, branches = 100) {
  const title = `Merged branches among ${branches}, half of them squash-merged`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'prune');
  bench.say(title.toLowerCase());
  try {
    if (why) throw new Error(why);
    createBranches(directory, branches);
    const { stdout } = spawnSync(bench.treework.bin, ['prune', '--json'], { cwd: directory, env: cleanEnvironment(), encoding: 'utf8' });
    const numbers = JSON.parse(stdout).candidates.filter(({ obstacles }) => obstacles.length === 0).map(({ branch }) => Number(/\d+/.exec(branch)[0]));
    const found = numbers.filter((number) => number % 2 === 0).length;
    const commands = [
      { id: 'bare', command: [process.execPath, '-e', '0'] },
      { id: 'merged', command: ['git', 'branch', '--merged', 'main'], cwd: directory },
      { id: 'prune', command: [bench.treework.bin, 'prune'], cwd: directory },
    ];
    const times = interleave(commands, bench.runs);
    return { id: 'prune', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time, ...(id === 'prune' && { found, falsely: numbers.length - found }) })) };
  } catch (error) {
    return { id: 'prune', title, rows: [{ id: 'prune', label: LABELS.prune, why: reason(error) }] };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
