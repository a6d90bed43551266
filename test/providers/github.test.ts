import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractOf, runContract, type GitHosting } from '../../src/provider-kit.ts';
import type { GitHubContext } from '../../src/providers/github/api.ts';
import { githubGitHosting } from '../../src/providers/github/git-hosting.ts';
import { guarded } from '../../src/providers/provider.ts';
import { GitHubServer, TOKEN } from '../harness/github-server.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { branchAt, clones } from './local-subjects.ts';

let sandbox: Sandbox;
let server: GitHubServer;
beforeEach(async () => {
  sandbox = new Sandbox();
  clones(sandbox);
  server = await new GitHubServer(join(sandbox.root, 'remote.git')).start();
});
afterEach(async () => {
  await server.stop();
  sandbox.remove();
});

/** The adapter as the program makes it, of a clone of acme/reports. */
function hosting(more: Partial<GitHubContext> = {}): GitHosting {
  const context = { root: sandbox.root, remote: { name: 'origin', url: 'git@github.com:acme/reports.git' }, program: 'treework', apiUrl: server.url, token: () => TOKEN, lookMs: 1, ...more };
  return guarded('github', 'git-hosting', githubGitHosting(context));
}

let branches = 0;
const branch = (files: Readonly<Record<string, string>>, base = 'main') => {
  branches += 1;
  const name = `work/${branches}`;
  return { name, commit: branchAt(sandbox, 'remote.git', name, files, base) };
};
const subject = () => ({
  port: hosting(),
  base: 'main',
  newBranch: async (files: Readonly<Record<string, string>>) => branch(files),
  textOf: async (name: string, path: string) => {
    const { status, stdout } = sandbox.run('git', ['show', `${name}:${path}`], { cwd: 'remote.git' });
    return status === 0 ? stdout : undefined;
  },
});

describe('the github provider', () => {
  it('X18: passes the whole contract, whatever is on a second page', async () => {
    server.mostPerPage = 2;
    const results = await runContract('git-hosting', subject());
    expect(results.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(results.length).toBe(contractOf('git-hosting').length);
  });
});
