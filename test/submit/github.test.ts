import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitHubServer, TOKEN, type Seen } from '../harness/github-server.ts';
import { specOf, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const SPEC = specOf('The system SHALL reject expired tokens with HTTP 401.');
const BRANCHES = ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'];
let sandbox: Sandbox;
let server: GitHubServer;
let said: string;
const git = (...args: string[]) => sandbox.git('work', ...args).trim();
const served = (branch: string) => sandbox.git('server.git', 'rev-parse', branch).trim();

beforeEach(async () => {
  sandbox = new Sandbox();
  said = '';
  threeDeep();
  server = await new GitHubServer(join(sandbox.root, 'server.git')).start();
});
afterEach(async () => {
  await server.stop();
  // Whatever happened, nobody was shown the token, and nothing holds it.
  expect(said).not.toContain(TOKEN.slice(0, 12));
  expect(sandbox.run('grep', ['-rlF', TOKEN, 'work', 'server.git', '.home']).stdout).toBe('');
  sandbox.remove();
});

/** The program beside this process, which answers as GitHub meanwhile. */
async function treework(args: readonly string[], env: NodeJS.ProcessEnv = { GH_TOKEN: TOKEN }) {
  const child = spawn('treework', [...args], { cwd: join(sandbox.root, 'work'), env: { ...sandbox.env, GITHUB_API_URL: server.url, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const answer = { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  said += answer.stdout + answer.stderr;
  return answer;
}

async function json(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = await treework([...args, '--json'], env);
  return { status, stderr, ...JSON.parse(stdout || '{}') };
}
const submit = (...args: string[]) => json(['submit', '--yes', ...args]);
const ask = async (operation: string, input: unknown) => (await json(['provider', 'git-hosting', operation, '--input', JSON.stringify(input)])).answer;
const did = (method: string) => server.requests.filter((one) => one.method === method && one.path !== '/graphql').map(({ path, body }) => [path.replace('/repos/acme/reports', ''), body] as const);

/** PROJ-7 with its parts api, ui and docs, each on the one before; the remote's address is one at github.com. */
function threeDeep(): void {
  sandbox.prepare('github', ['work', 'server.git'], () => {
    sandbox.git('', 'init', '-q', '--bare', 'server.git');
    const nodes = 'nodes:\n  - {id: api, title: "The `endpoints` $(id) <img src=x>", scope: ["src/api*"]}\n  - {id: ui, title: The pages, scope: ["src/ui*"]}\n---\n';
    sandbox.repository('work', { 'WORKSPACE.md': '---\ntreework: 1\nproviders: {git-hosting: github}\n---\n', 'docs/specs/PROJ-7/spec.md': SPEC, 'docs/specs/PROJ-7/tasks.md': tasksOf(SPEC).replace(/nodes:[^]*$/, nodes) });
    git('remote', 'add', 'origin', 'git@github.com:acme/reports.git');
    git('config', 'url.../server.git.insteadOf', 'git@github.com:acme/reports.git');
    git('push', '-q', '-u', 'origin', 'main');
    for (const [at, name] of ['api', 'ui', 'docs'].entries()) {
      git('switch', '-q', '-c', BRANCHES[at] as string, '--no-track');
      commit(name, `feat: ${name}\n\n${name === 'docs' ? '' : `Node: PROJ-7/${name}`}`);
    }
  });
}

function commit(name: string, message = `feat: ${name}`): void {
  sandbox.write('work', { [`src/${name}.ts`]: `export const ${name} = 1;\n` });
  git('add', `src/${name}.ts`);
  git('commit', '-q', '-m', message);
}

describe('submit to GitHub', () => {
  it('X18: a stack is pushed, opened from the bottom up and told to GitHub; a second call changes nothing', async () => {
    const first = await submit();
    expect(first).toMatchObject({ ok: true, pushed: BRANCHES, stack: ['1', '2', '3'] });
    expect(first.opened.map(({ id, base, url }: Record<string, string>) => [id, base, url])).toEqual([['1', 'main', 'https://github.com/acme/reports/pull/1'], ['2', BRANCHES[0], 'https://github.com/acme/reports/pull/2'], ['3', BRANCHES[1], 'https://github.com/acme/reports/pull/3']]);
    expect(server.kept).toEqual([[1, 2, 3]]);
    const [api] = await ask('findPullRequests', { head: BRANCHES[0] });
    expect(api.title).toBe('PROJ-7 part 1: The `endpoints` $(id) <img src=x>');
    expect(api.body).toContain('| 3 | [\\#3](https://github.com/acme/reports/pull/3) | PROJ-7 part 3: docs |');
    server.requests.length = 0;
    expect(await submit()).toMatchObject({ ok: true, branches: [{ push: 'none' }, { push: 'none' }, { push: 'none' }] });
    expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([false, true])('X18: the bottom is squashed; what is left is led to the trunk and stays one stack (rewritten by GitHub: %s)', async (rebases) => {
    server.rebases = rebases;
    await submit();
    expect(await ask('mergePullRequest', { id: '2', method: 'squash' })).toBeUndefined();
    expect(await ask('mergePullRequest', { id: '1', method: 'squash' })).toMatchObject({ state: 'merged', merged: served('main') });
    const theirs = BRANCHES.slice(1).map(served);
    expect(theirs.some((tip, at) => tip === git('rev-parse', BRANCHES[at + 1] as string))).toBe(!rebases);
    git('fetch', '-q');
    const stale = await submit('--dry-run');
    expect(stale.branches.map(({ push, base }: Record<string, string>) => [push, base])).toEqual([['none', 'main'], ['none', BRANCHES[1]]]);
    expect(stale.next_action).toMatchObject({ command: 'treework restack --ticket PROJ-7' });
    expect((await treework(['restack', '--ticket', 'PROJ-7'])).stderr).toBe('');
    const moved = await submit();
    expect(moved).toMatchObject({ ok: true, pushed: rebases ? [] : BRANCHES.slice(1) });
    // What GitHub rewrote stays: it is the same work.
    if (rebases) expect(BRANCHES.slice(1).map(served)).toEqual(theirs);
    expect((await ask('findPullRequests', {})).map(({ state, base }: Record<string, string>) => [state, base])).toEqual([['merged', 'main'], ['open', 'main'], ['open', BRANCHES[1]]]);
    expect(server.kept).toEqual([[1, 2, 3]]);
    expect((await ask('getPullRequest', { id: '3' })).body).toContain('| PROJ-7 part 1: The \\`endpoints\\` \\$(id) \\<img src=x\\> | merged |');
    expect((await submit()).updated).toBeUndefined();
    // Work goes on, over what GitHub made of it, from the bottom of the stack to its top.
    git('commit', '-q', '--amend', '-m', 'feat: docs, better');
    commit('more');
    expect(await submit()).toMatchObject({ ok: true, pushed: rebases ? BRANCHES.slice(1) : BRANCHES.slice(2) });
    expect(BRANCHES.slice(1).map(served)).toEqual(BRANCHES.slice(1).map((name) => git('rev-parse', name)));
  });

  it('X18: a base that changes is changed out of the stack, which is told anew; a base that stays is not named', async () => {
    await submit();
    // The middle goes: docs stands on api now.
    git('rebase', '-q', '--onto', BRANCHES[0] as string, BRANCHES[1] as string, BRANCHES[2] as string);
    git('branch', '-q', '-D', BRANCHES[1] as string);
    server.requests.length = 0;
    const moved = await submit();
    expect(moved).toMatchObject({ ok: true, updated: [{ id: '1' }, { id: '3', base: BRANCHES[0] }], stack: ['1', '3'] });
    const bases = did('PATCH').filter(([, body]) => 'base' in body);
    expect(bases.map(([path]) => path)).toEqual(['/pulls/3']);
    expect(did('POST').map(([path]) => path)).toEqual(['/stacks/50/unstack', '/stacks']);
    expect(server.kept).toEqual([[1, 3]]);
  });

  it('X18: in another order nothing is merged by mistake: what its old base would hold is led aside before the push', async () => {
    const [base, low, high] = ['base', 'low', 'high'];
    for (const [name, parent] of [[base, 'main'], [low, base], [high, low]] as const) {
      git('switch', '-q', '--no-track', '-c', name, parent);
      git('config', `branch.${name}.treework-parent`, parent);
      commit(name);
    }
    expect(await submit()).toMatchObject({ ok: true, stack: ['1', '2', '3'] });
    git('rebase', '-q', '--onto', base, low, high);
    git('rebase', '-q', '--onto', high, base, low);
    git('config', `branch.${high}.treework-parent`, base);
    git('config', `branch.${low}.treework-parent`, high);
    server.requests.length = 0;
    expect(await submit()).toMatchObject({ ok: true, pushed: [high, low], stack: ['1', '3', '2'] });
    expect((await ask('findPullRequests', {})).map((pull: Record<string, string>) => [pull['state'], pull['base']])).toEqual([['open', 'main'], ['open', high], ['open', base]]);
    expect(server.kept).toEqual([[1, 3, 2]]);
    expect(did('PATCH').flatMap(([path, body]) => ('base' in body ? [[path, body['base']]] : []))).toEqual([['/pulls/3', 'main'], ['/pulls/3', base], ['/pulls/2', high]]);
  });

  it('a branch above is added to the stack, which is not taken apart', async () => {
    await submit();
    git('switch', '-q', '-c', 'PROJ-7--p4-more', '--no-track');
    commit('more');
    server.requests.length = 0;
    expect(await submit()).toMatchObject({ ok: true, stack: ['1', '2', '3', '4'] });
    expect(did('POST').at(-1)).toEqual(['/stacks/50/add', { pull_requests: [4] }]);
    expect(server.kept).toEqual([[1, 2, 3, 4]]);
  });

  it('a repository without stacks gets its pull requests all the same; once it has them, the next call tells it', async () => {
    server.hasStacks = false;
    const first = await submit();
    expect(first).toMatchObject({ ok: true, pushed: BRANCHES });
    expect(first.opened).toHaveLength(3);
    expect(first.stack).toBeUndefined();
    expect((await json(['provider', 'git-hosting', 'getStack', '--input', '{"pull": "1"}'])).error).toMatchObject({ code: 'unsupported' });
    expect((await json(['provider', 'git-hosting', 'getStack', '--input', '{"pull": "9"}'])).error).toMatchObject({ code: 'not-found' });
    expect((await submit()).stack).toBeUndefined();
    server.hasStacks = true;
    expect(await submit('--dry-run')).toMatchObject({ stack: 'due' });
    expect((await treework(['submit', '--dry-run'])).stdout).toContain('the pull requests become one stack there');
    expect(server.kept).toEqual([]);
    expect((await treework(['submit', '--yes'])).stdout).toContain('one stack there: #1, #2, #3');
    expect(server.kept).toEqual([[1, 2, 3]]);
  });

  it('what GitHub refuses of the stack is said, and the same call does the rest', async () => {
    server.instead = ({ method, path }) => (method === 'POST' && path.endsWith('/stacks') ? { status: 502, body: '<html>Unicorn</html>' } : undefined);
    const half = await submit();
    expect(half).toMatchObject({ status: 1, ok: false, pushed: BRANCHES, next_action: { command: 'treework submit --ticket PROJ-7 --yes' } });
    expect(half.refused).toContain('Unexpected 502 of 127.0.0.1');
    server.instead = undefined;
    expect(await submit()).toMatchObject({ ok: true, stack: ['1', '2', '3'] });
  });

  it('without a token, or with a wrong one, nothing is pushed, and it is said how to get one', async () => {
    const none = await json(['submit', '--yes'], {});
    expect(none).toMatchObject({ status: 2, error: { code: 'unauthorized', hint: expect.stringContaining('gh auth login --hostname 127.0.0.1') } });
    const wrong = await json(['submit', '--yes'], { GITHUB_TOKEN: 'ghp_wrong' });
    expect(wrong).toMatchObject({ status: 2, error: { code: 'unauthorized', message: expect.stringContaining('Bad credentials') } });
    expect(JSON.stringify([none, wrong])).not.toContain('ghp_wrong');
    expect(sandbox.git('server.git', 'branch', '--list').trim()).toBe('* main');
  });

  it('the token of gh serves where the environment has none', async () => {
    sandbox.write('.bin', { gh: `#!/bin/sh\n[ "$*" = 'auth token --hostname 127.0.0.1' ] && cut -c2- "$0.txt"\n`, 'gh.txt': `#${TOKEN}\n` });
    chmodSync(join(sandbox.root, '.bin/gh'), 0o755);
    expect(await json(['submit', '--yes'], {})).toMatchObject({ ok: true, stack: ['1', '2', '3'] });
  });

  it.each<[string, NonNullable<GitHubServer['instead']>, string, string]>([
    ['the hourly limit', () => ({ status: 403, body: { message: 'API rate limit exceeded' }, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795000000' } }), 'rate-limited', 'at 2026-11-18T'],
    ['the limit of changes', ({ method }: Seen) => (method === 'POST' ? { status: 403, body: { message: 'You have exceeded a secondary rate limit' }, headers: { 'retry-after': '60' } } : undefined), 'stopped', 'in 60 seconds'],
    ['too many requests', () => ({ status: 429, body: '', headers: {} }), 'rate-limited', 'in a minute or later'],
    ['a token that may not', ({ method }: Seen) => (method === 'POST' ? { status: 403, body: { message: 'Resource not accessible by personal access token' }, headers: { 'x-accepted-github-permissions': 'pull_requests=write' } } : undefined), 'stopped', 'not accessible'],
    ['single sign-on', () => ({ status: 403, body: { message: 'Resource protected by organization SAML enforcement.' }, headers: { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=A' } }), 'unauthorized', 'authorize the token for single sign-on: https://github.com/orgs/acme/sso'],
    ['a repository that the token may not see', () => ({ status: 404, body: { message: 'Not Found' }, headers: { 'x-oauth-scopes': 'gist' } }), 'not-found', 'this one has gist'],
    ['a page of a proxy', () => ({ status: 200, body: '<html>Please log in</html>', headers: { 'content-type': 'text/html' } }), 'unreachable', 'that is no JSON'],
    ['a server that is ill', () => ({ status: 503, body: '' }), 'unreachable', 'Unexpected 503'],
  ])('%s is said as what it is', async (_what, instead, code, words) => {
    server.instead = instead;
    const { status, error, refused } = await submit();
    if (code === 'stopped') expect([status, refused]).toEqual([1, expect.stringContaining(words)]);
    else expect([status, error.code, `${error.message} ${error.hint}`]).toEqual([2, code, expect.stringContaining(words)]);
  });

  it('a server that is down is said as such', async () => {
    await server.stop();
    const { error } = await submit();
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('Unexpected silence of 127.0.0.1 (ECONNREFUSED)') });
  });

  it('review makes work items of conversations, and answers and settles them', async () => {
    await submit();
    await ask('openThread', { pull: '3', file: 'src/docs.ts', line: 1, body: 'Why `1`?\r\n\u001b[31mRed' });
    await ask('openThread', { pull: '3', body: 'As a whole?' });
    const made = await json(['review', '--pull', '3']);
    expect(made).toMatchObject({ ok: true });
    expect(sandbox.read('work', 'docs/specs/PROJ-7/tasks.md')).toContain('thread: discussion_r700000');
    const whole = await ask('replyToThread', { pull: '3', thread: 'issuecomment-700001', body: 'Because' });
    expect(whole.comments.map(({ body }: { body: string }) => body)).toEqual(['As a whole?', 'Because']);
    expect(await ask('resolveThread', { pull: '3', thread: 'issuecomment-700001', resolved: true })).toMatchObject({ resolved: true });
    expect((await ask('listThreads', { pull: '3' })).map(({ id, resolved }: Record<string, unknown>) => [id, resolved])).toEqual([['discussion_r700000', false], ['issuecomment-700001', true]]);
  });
});
