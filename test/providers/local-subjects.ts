import { join } from 'node:path';
import { providerOf } from '../../src/commands/provider.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import type { GitHostingSubject, Ports, Category, CISubject } from '../../src/provider-kit.ts';
import type { Sandbox } from '../harness/sandbox.ts';

const IDENTITY = 'Dev <dev@example.com>';

/** The author that this process's own git would name, whatever machine it runs on. */
export function asDev(): void {
  for (const role of ['AUTHOR', 'COMMITTER']) Object.assign(process.env, { [`GIT_${role}_EMAIL`]: 'dev@example.com', [`GIT_${role}_NAME`]: 'Dev' });
}

/** A bare remote with a main, and two clones `a` and `b` of it. */
export function clones(sandbox: Sandbox, files: Readonly<Record<string, string>> = {}, settings = 'treework: 1'): void {
  sandbox.repository('a', { 'WORKSPACE.md': `---\n${settings}\n---\n`, 'x.txt': 'x\n', ...files });
  sandbox.git('', 'clone', '-q', '--bare', 'a', 'remote.git');
  sandbox.git('a', 'remote', 'add', 'origin', '../remote.git');
  sandbox.git('a', 'fetch', '-q');
  sandbox.git('', 'clone', '-q', 'remote.git', 'b');
}

/** The configured port of a category in a clone. */
export function port<C extends Category>(sandbox: Sandbox, clone: string, category: C): Promise<Ports[C]> {
  return providerOf(openWorkspace({ cwd: join(sandbox.root, clone), program: 'treework' }), category);
}

/** A new branch of a repository: one commit upon its main that writes these files, by one process. */
export function branchAt(sandbox: Sandbox, repository: string, name: string, files: Readonly<Record<string, string>>, base = 'main'): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const written = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  const input = `commit refs/heads/${name}\nmark :1\ncommitter ${IDENTITY} 1700000000 +0000\n${data(`feat: ${name}\n`)}from refs/heads/${base}^0\n${written.join('')}get-mark :1\n`;
  return sandbox.run('git', ['fast-import', '--quiet'], { cwd: repository, input }).stdout.trim();
}

export async function localHosting(sandbox: Sandbox, clone = 'a', repository = 'remote.git'): Promise<GitHostingSubject> {
  let count = 0;
  return {
    port: await port(sandbox, clone, 'git-hosting'),
    base: 'main',
    newBranch: async (files) => {
      count += 1;
      return { name: `work-${count}`, commit: branchAt(sandbox, repository, `work-${count}`, files) };
    },
    textOf: async (branch, path) => {
      const { status, stdout } = sandbox.run('git', ['show', `${branch}:${path}`], { cwd: repository });
      return status === 0 ? stdout : undefined;
    },
  };
}

/** Gates that need nothing but node: a test that passes, or fails where `broken` is there. */
export const CI_FILES = {
  'package.json': '{"name": "x", "scripts": {"lint": "node -e 0", "test": "node --test"}}\n',
  'x.test.js': "const test = require('node:test');\nconst { existsSync } = require('node:fs');\ntest('x', () => { if (existsSync('broken')) throw new Error('it is broken'); });\n",
};

export async function localCI(sandbox: Sandbox): Promise<CISubject> {
  return { port: await port(sandbox, 'a', 'ci'), passing: sandbox.git('a', 'rev-parse', 'main').trim(), failing: branchAt(sandbox, 'a', 'broken', { broken: '' }) };
}
