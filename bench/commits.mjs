/** What a commit costs: with ten changed documents, with none, and with a verdict that is known. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository } from './corpus.mjs';
import { installIdleHooks, installLintStaged, installNodeHook, installTreeworkHooks } from './contenders.mjs';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

export const CHANGED = 10;
const LABELS = { bare: '`node -e 0` alone', none: 'no hook', idle: 'two hooks that do nothing', node: 'hook `node -e 0`', treework: 'treework', husky: 'husky + lint-staged + remark-cli' };
const INSTALL = {
  none: () => {},
  idle: installIdleHooks,
  node: installNodeHook,
  treework: (repository, bench, sample) => installTreeworkHooks(repository, bench.treework, sample),
  husky: (repository, bench, sample) => installLintStaged(repository, bench.peers('hooks'), sample),
};

/** Makes the contenders' repositories of one size, alike but for their hooks. Those that cannot be had are rows with `why`. */
async function repositories(bench, size, names) {
  const made = { ready: [], absent: [] };
  for (const name of names.filter(bench.wants)) {
    const directory = join(bench.folder, `commit-${size}-${name}`);
    const unavailable = bench.unavailable(name);
    if (unavailable) {
      made.absent.push({ id: name, label: LABELS[name], why: unavailable });
      continue;
    }
    bench.say(`repository of ${size} documents: ${LABELS[name]}`);
    const { open } = await createRepository(directory, size);
    const changed = spread(open);
    try {
      INSTALL[name](directory, bench, changed[0]);
      made.ready.push({ id: name, directory, changed });
    } catch (error) {
      made.absent.push({ id: name, label: LABELS[name], why: reason(error) });
    }
  }
  return made;
}

/** Ten of the paths, evenly spread. */
export function spread(paths) {
  const step = Math.max(1, Math.floor(paths.length / CHANGED));
  return paths.filter((_, index) => index % step === 0).slice(0, CHANGED);
}

function commit(cwd, message) {
  return { command: ['git', 'commit', '--quiet', '-m', message], cwd };
}

/** Stages ten specs of ten tickets, with content no round before has had. */
export function stageDocuments(directory, changed, round) {
  for (const path of changed) {
    const file = join(directory, path);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/within \d+ ms/g, `within ${2000 + round} ms`));
  }
  git(directory, 'add', ...changed);
}

/** Stages ten source files, which nothing governs. */
export function stageSources(directory, round) {
  const sources = Array.from({ length: CHANGED }, (_, index) => `src/m${index}.ts`);
  for (const path of sources) writeFileSync(join(directory, path), `export const round = ${round};\n`);
  git(directory, 'add', ...sources);
}

function rows(times, absent) {
  return [...[...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })), ...absent];
}

/** Commits of ten changed documents in a repository of `size`. */
export async function measureCommit(bench, size, names) {
  const { ready, absent } = await repositories(bench, size, names);
  bench.say(`commits of ${CHANGED} documents among ${size}`);
  const times = interleave(ready.map(({ id, directory, changed }) => ({
    id, ...commit(directory, 'docs: revise ten specs'), before: (round) => stageDocuments(directory, changed, round),
  })), bench.runs);
  for (const { directory } of ready) rmSync(directory, { recursive: true });
  return { id: `commit-${size}`, title: `A commit of ${CHANGED} changed documents in a repository of ${size.toLocaleString('en')}`, rows: rows(times, absent) };
}

/** Commits with nothing to judge, and commits whose trees were judged before. */
export async function measureShim(bench, size) {
  const { ready, absent } = await repositories(bench, size, ['none', 'idle', 'node', 'treework']);
  bench.say('commits with nothing governed, and with a known verdict');
  const node = { id: 'bare', command: [process.execPath, '-e', '0'] };
  const nothing = interleave([node, ...ready.map(({ id, directory }) => ({
    id, ...commit(directory, 'feat: change ten modules'), before: (round) => stageSources(directory, round),
  }))], bench.runs);
  for (const { directory, changed } of ready) stageDocuments(directory, changed, 1);
  const known = interleave([node, ...ready.map(({ id, directory }) => ({
    id, ...commit(directory, 'docs: revise ten specs'), after: () => git(directory, 'reset', '--quiet', '--soft', 'HEAD~1'),
  }))], bench.runs);
  for (const { directory } of ready) rmSync(directory, { recursive: true });
  return [
    { id: 'nothing', title: `A commit of ${CHANGED} source files, nothing governed staged, among ${size.toLocaleString('en')} documents`, rows: rows(nothing, absent) },
    { id: 'known', title: `A commit of ${CHANGED} documents whose verdict is known, among ${size.toLocaleString('en')}`, rows: rows(known, absent) },
  ];
}
