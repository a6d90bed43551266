import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly warning?: true;
  readonly message: string;
  readonly mend?: string;
}

/** What doctor says with nothing on the PATH but node, git and these. */
function doctor(sandbox: Sandbox, programs: Readonly<Record<string, string>> = {}): Check[] {
  const bin = join(sandbox.root, `bin-${Object.keys(programs).join('-')}`);
  mkdirSync(bin);
  const git = sandbox.run('sh', ['-c', 'command -v git']).stdout.trim();
  if (!('git' in programs)) symlinkSync(git, join(bin, 'git'));
  for (const [name, text] of Object.entries(programs)) {
    sandbox.write(bin.slice(sandbox.root.length + 1), { [name]: `#!/bin/sh\n${text.replace('GIT', git)}\n` });
    chmodSync(join(bin, name), 0o755);
  }
  symlinkSync('/bin/sh', join(bin, 'sh'));
  const answer = sandbox.run(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'doctor', '--json'], { cwd: 'repo', env: { PATH: bin } });
  return JSON.parse(answer.stdout).checks;
}

it('O14: every prerequisite that is used is looked for, and the command that mends it is named', () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  workspace(sandbox, 'repo', '---\ntreework: 1\nafter_create: ["false"]\n---\n');
  expect(doctor(sandbox).filter(({ name }) => ['gh', 'glab', 'az', 'worktree'].includes(name))).toEqual([]);
  sandbox.git('repo', 'remote', 'add', 'origin', 'git@github.com:me/it.git');
  const { path } = ask(sandbox, 'repo', ['work', 'PROJ-1'], 1);
  const checks = doctor(sandbox, { 'apt-get': '', git: 'if [ "$1" = version ]; then echo git version 2.38.5; else exec GIT "$@"; fi' });
  expect(checks.filter(({ warning }) => warning).map(({ name, mend }) => [name, mend])).toEqual([
    ['git', 'sudo apt-get install git'],
    ['gh', 'sudo apt-get install gh && gh auth login'],
    ['worktree', `cd ${path} && treework work PROJ-1`],
  ]);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nproviders: {git-hosting: gitlab, ci: gitlab, messaging: local}\n---\n' });
  const used = doctor(sandbox, { glab: '' }).filter(({ name }) => ['gh', 'glab'].includes(name));
  expect(used).toEqual([{ name: 'glab', ok: true, message: 'glab is there for git-hosting, ci' }]);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nproviders: {git-hosting: azure-devops}\n---\n' });
  expect(doctor(sandbox, { az2: '' }).find(({ name }) => name === 'az')?.mend).toBe('install az (https://learn.microsoft.com/cli/azure/install-azure-cli), then az login');
});
