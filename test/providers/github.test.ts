import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
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
    server.mostPerPage = 1;
    const results = await runContract('git-hosting', subject());
    expect(results.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(results.length).toBe(contractOf('git-hosting').length);
  });

  it('follows a renamed repository, and asks for branches of its owner of now', async () => {
    server.formerName = 'old-acme/old-reports';
    const { name } = branch({ 'a.txt': 'a\n' });
    const port = hosting({ remote: { name: 'origin', url: 'https://github.com/old-acme/old-reports.git' } });
    const { id } = await port.createPullRequest({ title: 'Moved', body: '', head: name, base: 'main' });
    expect((await port.findPullRequests({ head: name })).map((pull) => pull.id)).toEqual([id]);
    expect(server.requests.filter(({ path }) => path.startsWith('/repos/old-acme')).length).toBe(1);
  });

  it('takes the token nowhere else, whatever a redirect or a Link says', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const thief = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": "reports", "owner": {"login": "acme"}}');
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
    server.instead = ({ path }) => (path === '/repos/acme/reports' ? { status: 302, headers: { location: elsewhere } } : path.includes('/pulls?') ? { status: 200, body: [], headers: { link: `<${elsewhere}/more>; rel="next"` } } : { status: 307, headers: { location: elsewhere } });
    const port = hosting();
    expect(await port.findPullRequests({})).toEqual([]);
    await expect(port.createPullRequest({ title: 'x', body: '', head: 'a', base: 'main' })).rejects.toMatchObject({ code: 'unreachable' });
    thief.close();
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('says that an answer takes too long', async () => {
    server.instead = () => 'hang';
    await expect(hosting({ patienceMs: 50 }).findPullRequests({})).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('it takes too long') });
  });

  it('a name that is nearly an id, or leads elsewhere, names nothing', async () => {
    const port = hosting();
    for (const id of ['1/merge', '01', '-1', '1e3', 'x..', '1?state=all']) expect(await port.getPullRequest({ id }).catch(({ code }: { code: string }) => code)).toSatisfy((answer: unknown) => answer === null || answer === 'provider-question');
    expect(server.requests.map(({ path }) => path)).toEqual([]);
  });

  it('texts arrive as they are, cleaned of what steers a terminal, and nobody without an account is an error', async () => {
    const { name } = branch({ 'a.txt': 'a\n' });
    const hostile = 'Ends: ``` --> <!-- /treework:stack --> \u202e $(id) \\ "q" \u0000';
    const port = hosting();
    const { id } = await port.createPullRequest({ title: 'x` $(touch /tmp/x) "\u001b[2J', body: `${hostile}\r\nnext`, head: name, base: 'main' });
    expect(await port.getPullRequest({ id })).toMatchObject({ title: 'x` $(touch /tmp/x) "', body: 'Ends: ``` --> <!-- /treework:stack -->  $(id) \\ "q" \nnext' });
    server.instead = ({ path }) => (path.endsWith(`/pulls/${id}`) ? { status: 200, body: { ...BARE, number: 1, title: '\u001b]0;owned\u0007t', html_url: 'https://github.com/acme/reports/pull/1' } } : undefined);
    expect(await port.getPullRequest({ id })).toMatchObject({ author: 'ghost', body: '', title: 't', draft: false, merged: null });
    server.instead = ({ path }) => (path.endsWith(`/pulls/${id}`) ? { status: 200, body: { ...BARE, number: 1, html_url: 'javascript:alert(1)' } } : undefined);
    await expect(port.getPullRequest({ id })).rejects.toMatchObject({ code: 'provider-answer' });
  });
});

const BARE = { number: 1, node_id: 'x', title: 't', body: null, state: 'open', user: null, head: { ref: 'a', sha: 'a'.repeat(40) }, base: { ref: 'main' }, created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T10:00:00Z', merged_at: null, merge_commit_sha: 'b'.repeat(40), html_url: null };

describe('native stacks at GitHub', () => {
  async function stacked(port: GitHosting) {
    const [one, two] = [branch({ 'one.txt': '1\n' }), branch({ 'two.txt': '2\n' })];
    const open = (head: string, base: string) => port.createPullRequest({ title: head, body: '', head, base });
    const pulls = [await open(one.name, 'main'), await open(two.name, one.name)];
    await port.setStack?.({ pulls: pulls.map(({ id }) => id) });
    return pulls as [(typeof pulls)[0], (typeof pulls)[0]];
  }

  it('X18: one above another that is open is not merged, since GitHub would merge both', async () => {
    const port = hosting();
    const [one, two] = await stacked(port);
    await expect(port.mergePullRequest({ id: two.id, method: 'merge' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`above ${one.id} in stack 50`), hint: `merge ${one.id} first` });
    expect(await port.mergePullRequest({ id: one.id, method: 'merge' })).toMatchObject({ state: 'merged' });
    expect(await port.getPullRequest({ id: two.id })).toMatchObject({ state: 'open', base: 'main' });
    expect(await port.mergePullRequest({ id: two.id, method: 'rebase' })).toMatchObject({ state: 'merged' });
  });

  it('a base is changed out of the stack, everything else in it; a base that is not there takes nothing apart', async () => {
    const port = hosting();
    const [one, two] = await stacked(port);
    await port.updatePullRequest({ id: two.id, title: 'Better', base: two.base, draft: true });
    expect(server.kept).toEqual([[Number(one.id), Number(two.id)]]);
    await expect(port.updatePullRequest({ id: two.id, base: 'nowhere' })).rejects.toMatchObject({ code: 'not-found' });
    expect(server.kept).toHaveLength(1);
    expect(await port.updatePullRequest({ id: two.id, base: 'main' })).toMatchObject({ base: 'main', title: 'Better', draft: true });
    expect(server.kept).toEqual([]);
  });

  it('what is about to be merged stays in its stack, and that is said', async () => {
    const port = hosting();
    const [, two] = await stacked(port);
    server.queued.add(Number(two.id));
    await expect(port.updatePullRequest({ id: two.id, base: 'main' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('about to be merged') });
    expect(await port.getPullRequest({ id: two.id })).toMatchObject({ base: two.base });
  });

  it('two stacks become one, in the order that is asked for; what is no chain, or a single one, is refused', async () => {
    const port = hosting();
    const [one, two] = await stacked(port);
    const three = branch({ 'three.txt': '3\n' });
    const top = await port.createPullRequest({ title: 'Top', body: '', head: three.name, base: two.head });
    await expect(port.setStack?.({ pulls: [one.id, top.id] })).rejects.toMatchObject({ code: 'conflict' });
    await expect(port.setStack?.({ pulls: [one.id] })).rejects.toMatchObject({ code: 'conflict' });
    expect(await port.setStack?.({ pulls: [two.id, top.id] })).toMatchObject({ pulls: [two.id, top.id] });
    expect(await port.setStack?.({ pulls: [one.id, two.id, top.id] })).toMatchObject({ pulls: [one.id, two.id, top.id] });
    expect(server.kept).toHaveLength(1);
  });
});
