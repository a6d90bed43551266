/** The treework under test, installed from its packed tarball as a user would have it. */
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';
import { run } from './process.mjs';
import { npmInstall } from './peers.mjs';
import { reason } from './timing.mjs';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs a packed tarball below `folder`: the given one, or that of the checkout, built and packed
 * for it. Returns `{bin, version, packed, unpacked, installed, packages}` (sizes in bytes), or `{why}`.
 */
export function installTreework(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name": "user", "private": true}\n');
  try {
    const pack = tarball ? resolve(tarball) : packCheckout(folder);
    const { why } = npmInstall(folder, pack);
    if (why) return { why };
    const modules = join(folder, 'node_modules');
    const bin = join(modules, '.bin', 'treework');
    if (!existsSync(bin)) return { why: 'the package installs no treework command' };
    const own = join(modules, 'treework');
    const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
    return { bin, version, packed: lstatSync(pack).size, unpacked: bytes(own), ...installed(modules) };
  } catch (error) {
    return { why: reason(error) };
  }
}

function packCheckout(folder) {
  const env = process.env;
  run(['npm', 'run', '--silent', 'build'], { cwd: CHECKOUT, env });
  const [{ filename }] = JSON.parse(run(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: CHECKOUT, env }).stdout);
  return join(folder, filename);
}

function installed(modules) {
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  return { packages: Object.keys(lock.packages).length, installed: bytes(modules) };
}

function bytes(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0);
}
