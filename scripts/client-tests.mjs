// Tests of the plugin in the real client, without an account and without its service: a server on this
// machine answers. The client is taken from TREEWORK_CLIENT or installed into a folder of the system's
// temporary ones, which is kept for the next run. Where it cannot be had the tests do not run, and this
// says so; TREEWORK_CLIENT=required makes that a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isRequired = process.env.TREEWORK_CLIENT === 'required';
const given = isRequired ? undefined : process.env.TREEWORK_CLIENT;
const program = given ?? installed();

if (program === undefined || !existsSync(program)) {
  console.error('client tests: NOT RUN, the client could not be installed (npm install @anthropic-ai/claude-code, or TREEWORK_CLIENT=/path/to/claude)');
  process.exit(isRequired ? 1 : 0);
}
const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
console.error(`client tests: in ${program}, ${(stdout ?? '').trim()}`);
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.client.config.ts', ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, TREEWORK_CLIENT: program } });
process.exit(status ?? 1);

/** Without its install scripts: the program is in a package of its own for each platform. */
function installed() {
  const folder = join(tmpdir(), 'treework-client');
  const path = join(folder, 'node_modules', '@anthropic-ai', `claude-code-${process.platform}-${process.arch}`, process.platform === 'win32' ? 'claude.exe' : 'claude');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', '@anthropic-ai/claude-code'], { cwd: folder, stdio: 'ignore', shell: process.platform === 'win32' });
  return existsSync(path) ? path : undefined;
}
