/** What a commit meets: each contender makes a repository of the corpus its own and proves that it is live. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, git, run } from './process.mjs';
import { FAULTS } from './faults.mjs';
import { SCHEMAS, remarkConfiguration } from './schemas.mjs';

/** `sh` hook that only starts node: the floor for any hook written in JavaScript. */
export function installNodeHook(repository) {
  const hook = join(repository, '.git', 'hooks', 'pre-commit');
  mkdirSync(join(repository, '.git', 'hooks'), { recursive: true });
  writeFileSync(hook, `#!/bin/sh\nexec "${process.execPath}" -e 0\n`);
  chmodSync(hook, 0o755);
}

/** `sh` hooks that do nothing, the two that treework has: what git itself pays as soon as there is a hook. */
export function installIdleHooks(repository) {
  mkdirSync(join(repository, '.git', 'hooks'), { recursive: true });
  for (const name of ['pre-commit', 'commit-msg']) {
    const hook = join(repository, '.git', 'hooks', name);
    writeFileSync(hook, '#!/bin/sh\n:\n');
    chmodSync(hook, 0o755);
  }
}

/** `treework init --yes`, what it wrote committed; throws unless an invalid document is refused then. */
export function installTreeworkHooks(repository, { bin }, sample, env = cleanEnvironment()) {
  run([bin, 'init', '--yes'], { cwd: repository, env });
  settle(repository);
  proveLive(repository, sample, env);
}

/** husky's `pre-commit` runs lint-staged, which runs remark with the schema rule; throws unless it is live. */
export function installLintStaged(repository, { modules }, sample) {
  symlinkSync(modules, join(repository, 'node_modules'));
  writeFileSync(join(repository, '.lintstagedrc.json'), '{ "docs/**/*.md": "remark --frail --quiet --no-stdout" }\n');
  writeRemark(repository);
  run([process.execPath, join(modules, 'husky', 'bin.js')], { cwd: repository });
  writeFileSync(join(repository, '.husky', 'pre-commit'), 'lint-staged\n');
  settle(repository);
  proveLive(repository, sample);
}

/** Writes remark's configuration and the schemas of the corpus. */
export function writeRemark(repository) {
  writeFileSync(join(repository, '.remarkrc.mjs'), remarkConfiguration());
  mkdirSync(join(repository, '.schemas'), { recursive: true });
  for (const [kind, schema] of Object.entries(SCHEMAS)) writeFileSync(join(repository, '.schemas', `${kind}.schema.json`), JSON.stringify(schema));
}

function settle(repository) {
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--allow-empty', '--no-verify', '-m', 'chore: set up the hooks');
}

function proveLive(repository, sample, env = cleanEnvironment()) {
  const file = join(repository, sample);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, FAULTS.find(({ name }) => name === 'missing key').apply(text));
  git(repository, 'add', sample);
  const { status } = run(['git', 'commit', '-m', 'docs: break a spec'], { cwd: repository, env, accept: [0, 1, 2, 255] });
  if (status === 0) throw new Error('its hook let an invalid document through');
  git(repository, 'reset', '--quiet', '--hard');
}
