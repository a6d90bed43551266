/** The peers, installed by npm into a temporary folder with the versions that peers.json pins. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

const PINNED = JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8'));

/**
 * Installs one group of peers.json without running install scripts. Returns `{modules, versions}`,
 * or `{why}` when npm could not: a missing peer is reported, never passed over.
 */
export function installPeers(group, folder) {
  const versions = Object.fromEntries(Object.entries(PINNED[group]).map(([name, version]) => [forThisMachine(name), version]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'peers', private: true, dependencies: versions }));
  const result = npmInstall(folder);
  return result.why ? result : { modules: join(folder, 'node_modules'), versions };
}

/** `npm install` in a folder, scripts off; `{why}` on failure. */
export function npmInstall(folder, ...packages) {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return {};
  const said = /^npm (?:error|ERR!) (?!code)(.*)$/m.exec(stderr ?? '')?.[1];
  return { why: `npm could not install it: ${error?.message ?? said ?? `exit ${status}`}` };
}

function forThisMachine(name) {
  return name.replace('{platform}', process.platform).replace('{arch}', process.arch);
}
