/** Proof that a commit starts no node: not a time, a count. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { spread, stageDocuments, stageSources } from './commits.mjs';
import { installTreeworkHooks } from './contenders.mjs';
import { createRepository } from './corpus.mjs';
import { cleanEnvironment, git, run } from './process.mjs';

/**
 * Node processes that treework's hooks start in one commit of each sort: `{judged, known, nothing}`.
 * treework is installed with a copy of node, first on PATH, that is then replaced by a script which
 * notes each start. `judged`, a commit that needs a verdict, shows that starts are seen.
 */
export async function countNodeStarts(bench, size) {
  const directory = join(bench.folder, 'starts');
  const { open } = await createRepository(directory, size);
  const changed = spread(open);
  const watched = copyOfNode(join(bench.folder, 'watched'));
  installTreeworkHooks(directory, bench.treework, changed[0], watched.env);
  watched.replace();
  const commit = (message) => watched.starts(() => run(['git', 'commit', '--quiet', '-m', message], { cwd: directory, env: watched.env }));
  stageDocuments(directory, changed, 1);
  const judged = commit('docs: revise ten specs');
  git(directory, 'reset', '--quiet', '--soft', 'HEAD~1');
  const known = commit('docs: revise ten specs');
  stageSources(directory, 1);
  const nothing = commit('feat: change ten modules');
  rmSync(directory, { recursive: true });
  return { judged, known, nothing };
}

function copyOfNode(folder) {
  const node = join(folder, 'node');
  const real = join(folder, 'real-node');
  const log = join(folder, 'starts');
  const clean = cleanEnvironment();
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, node);
  return {
    env: { ...clean, PATH: `${folder}${delimiter}${clean.PATH}` },
    replace() {
      renameSync(node, real);
      writeFileSync(node, `#!/bin/sh\necho start >>"${log}"\nexec "${real}" "$@"\n`, { mode: 0o755 });
    },
    starts(action) {
      rmSync(log, { force: true });
      action();
      return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
    },
  };
}
