import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { providerOf } from '../../src/commands/provider.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import { specOf, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  for (const role of ['AUTHOR', 'COMMITTER']) Object.assign(process.env, { [`GIT_${role}_EMAIL`]: 'dev@example.com', [`GIT_${role}_NAME`]: 'Dev' });
});
afterEach(() => sandbox.remove());

const KILLS = Number(process.env['TREEWORK_RUNS'] ?? 2);
const SPEC = specOf('The system SHALL reject expired tokens with HTTP 401.');
const hosting = (clone = 'work') => providerOf(openWorkspace({ cwd: join(sandbox.root, clone), program: 'treework' }), 'git-hosting');
const git = (...args: string[]) => sandbox.git('work', ...args).trim();
const served = (ref: string) => sandbox.run('git', ['rev-parse', '--verify', '-q', ref], { cwd: 'server.git' }).stdout.trim();

function submit(...args: string[]) {
  const { status, stdout, stderr } = sandbox.treework('work', 'submit', '--json', '--yes', ...args);
  return { status, stderr, ...JSON.parse(stdout || '{}') };
}

function commit(name: string, message = `feat: ${name}`): void {
  sandbox.write('work', { [`src/${name}.ts`]: `export const ${name} = 1;\n` });
  git('add', `src/${name}.ts`);
  git('commit', '-q', '-m', message);
}

/** PROJ-7 with its parts api, ui and docs, each on the one before, and a bare remote that has the trunk alone. */
function threeDeep(): void {
  sandbox.prepare('three-deep', ['work', 'server.git'], () => {
    sandbox.git('', 'init', '-q', '--bare', 'server.git');
    const nodes = 'nodes:\n  - {id: api, title: The endpoints, scope: ["src/api*"]}\n  - {id: ui, title: The pages, scope: ["src/ui*"]}\n---\n';
    sandbox.repository('work', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'docs/specs/PROJ-7/spec.md': SPEC, 'docs/specs/PROJ-7/tasks.md': tasksOf(SPEC).replace(/nodes:[^]*$/, nodes) });
    git('remote', 'add', 'origin', '../server.git');
    git('push', '-q', '-u', 'origin', 'main');
    for (const [at, name] of ['api', 'ui', 'docs'].entries()) {
      git('switch', '-q', '-c', `PROJ-7--p${at + 1}-${name}`, '--no-track');
      commit(name, `feat: ${name}\n\n${name === 'docs' ? '' : `Node: PROJ-7/${name}`}`);
    }
  });
}

/** The same, submitted. */
function submitted(): void {
  sandbox.prepare('submitted', ['work', 'server.git'], () => {
    threeDeep();
    expect(submit()).toMatchObject({ ok: true });
  });
}

describe('submit', () => {
  it('K5: pushes a stack from the bottom up, opens a pull request a branch, and the second time does nothing', async () => {
    threeDeep();
    const dry = submit('--dry-run');
    expect(dry.branches.map(({ branch, base, push, pull_request: pull }: never) => [branch, base, push, (pull as { step: string }).step])).toEqual([
      ['PROJ-7--p1-api', 'main', 'create', 'open'],
      ['PROJ-7--p2-ui', 'PROJ-7--p1-api', 'create', 'open'],
      ['PROJ-7--p3-docs', 'PROJ-7--p2-ui', 'create', 'open'],
    ]);
    expect(served('refs/heads/PROJ-7--p1-api')).toBe('');

    const first = submit();
    expect(first).toMatchObject({ ok: true, pushed: ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'], updated: [] });
    const pulls = await (await hosting()).findPullRequests({});
    expect(pulls.map(({ id, head, base, title }) => [id, head, base, title])).toEqual([
      ['1', 'PROJ-7--p1-api', 'main', 'PROJ-7 part 1: The endpoints'],
      ['2', 'PROJ-7--p2-ui', 'PROJ-7--p1-api', 'PROJ-7 part 2: The pages'],
      ['3', 'PROJ-7--p3-docs', 'PROJ-7--p2-ui', 'PROJ-7 part 3: docs'],
    ]);
    expect(pulls[1]?.body).toContain('Ship the reports API');
    expect(pulls[1]?.body).toContain('- **Token validation**: The system SHALL reject expired tokens');
    expect(pulls[1]?.body).toContain('| 3 | #3 | PROJ-7 part 3: docs |  |\n| 2 | #2 | PROJ-7 part 2: The pages | **this one** |\n| 1 | #1 | PROJ-7 part 1: The endpoints |  |\n| | `main` | | |');
    expect(git('config', 'branch.PROJ-7--p2-ui.remote')).toBe('origin');

    const [records, refs] = [served('refs/treework/pulls'), git('for-each-ref')];
    const again = submit();
    expect(again).toMatchObject({ ok: true });
    expect(again.pushed).toBeUndefined();
    expect([served('refs/treework/pulls'), git('for-each-ref')]).toEqual([records, refs]);
  });

  it('keeps what people wrote into a body, and a title they chose', async () => {
    submitted();
    const forge = await hosting();
    const { body = '' } = (await forge.getPullRequest({ id: '2' })) ?? {};
    await forge.updatePullRequest({ id: '2', title: 'Pages, at last', body: `For Kim: look at the colours first.\n\n${body}\n\nScreenshots follow.\n` });
    git('switch', '-q', 'PROJ-7--p3-docs');
    git('switch', '-q', '-c', 'PROJ-7--p4-more', '--no-track');
    commit('more');
    expect(submit().opened.map(({ id }: { id: string }) => id)).toEqual(['4']);
    const now = await forge.getPullRequest({ id: '2' });
    expect(now?.title).toBe('Pages, at last');
    expect(now?.body.startsWith('For Kim: look at the colours first.\n\n')).toBe(true);
    expect(now?.body.trimEnd().endsWith('Screenshots follow.')).toBe(true);
    expect(now?.body).toContain('| 4 | #4 | PROJ-7 part 4: more |  |');
    expect((await forge.getPullRequest({ id: '1' }))?.body).toContain('Pages, at last');
  });

  it('K5: forces over what it pushed itself, and refuses by name over what somebody else pushed', () => {
    submitted();
    git('commit', '-q', '--amend', '-m', 'feat: docs, better');
    expect(submit().branches[2]).toMatchObject({ push: 'force' });
    expect(served('refs/heads/PROJ-7--p3-docs')).toBe(git('rev-parse', 'HEAD'));

    sandbox.git('', 'clone', '-q', '-b', 'PROJ-7--p3-docs', 'server.git', 'kim');
    sandbox.write('kim', { 'src/kim.ts': 'export {};\n' });
    sandbox.git('kim', 'add', '.');
    sandbox.git('kim', '-c', 'user.name=Kim', 'commit', '-q', '-m', 'fix: a word');
    sandbox.git('kim', 'push', '-q', 'origin', 'HEAD');
    const theirs = served('refs/heads/PROJ-7--p3-docs');
    git('commit', '-q', '--amend', '-m', 'feat: docs, best');
    const refused = submit();
    expect(refused).toMatchObject({ status: 2, error: { code: 'foreign-push' } });
    expect(refused.error.message).toContain(`origin/PROJ-7--p3-docs (${theirs.slice(0, 10)}`);
    git('fetch', '-q');
    expect(submit().error.message).toContain('by Kim');
    expect(served('refs/heads/PROJ-7--p3-docs')).toBe(theirs);
  });

  it('X18: a ticket on another ticket goes into that one’s branch, which somebody else may go on with', () => {
    submitted();
    git('switch', '-q', '-c', 'PROJ-8--export', '--no-track');
    sandbox.write('work', { 'docs/specs/PROJ-8/spec.md': SPEC.replaceAll('PROJ-7', 'PROJ-8').replace('title: Reports API', 'title: Export\nstacked_on: PROJ-7') });
    git('add', 'docs');
    git('commit', '-q', '-m', 'docs: export');
    git('branch', 'PROJ-8--@build');
    expect(submit()).toMatchObject({ pushed: ['PROJ-8--export'], opened: [{ id: '4', base: 'PROJ-7--p3-docs', title: 'PROJ-8: Export' }] });
    sandbox.git('', 'clone', '-q', '-b', 'PROJ-7--p3-docs', 'server.git', 'kim');
    sandbox.git('kim', 'commit', '-q', '--allow-empty', '-m', 'fix: a word');
    sandbox.git('kim', 'push', '-q', 'origin', 'HEAD');
    git('commit', '-q', '--amend', '-m', 'docs: export, better');
    expect(submit()).toMatchObject({ ok: true, pushed: ['PROJ-8--export'] });
    git('switch', '-q', 'PROJ-7--p1-api');
    expect(submit('--dry-run')).toMatchObject({ error: { code: 'foreign-push' } });
  });

  it('the user’s pre-push hook runs once, with every branch, and what it refuses stays here', () => {
    threeDeep();
    sandbox.write('work/.git/hooks', { 'pre-push': '#!/bin/sh\ncat >>"$(git rev-parse --git-dir)/seen"; echo not on a Friday >&2; exit 1\n' });
    chmodSync(join(sandbox.root, 'work/.git/hooks/pre-push'), 0o755);
    const refused = submit();
    expect(refused).toMatchObject({ status: 1, ok: false, pushed: [] });
    expect(refused.refused).toContain('not on a Friday');
    expect(sandbox.read('work', '.git/seen').trim().split('\n')).toHaveLength(3);
    expect(served('refs/heads/PROJ-7--p1-api')).toBe('');
    sandbox.write('work/.git/hooks', { 'pre-push': '#!/bin/sh\nexit 0\n' });
    expect(submit()).toMatchObject({ ok: true, pushed: ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'] });
  });

  it('K5: the bottom, squashed into the trunk, leads the next one there, and the table goes along', async () => {
    submitted();
    const forge = await hosting();
    await forge.mergePullRequest({ id: '1', method: 'squash' });
    git('fetch', '-q');
    const stale = submit('--dry-run');
    expect(stale.branches[0]).toMatchObject({ branch: 'PROJ-7--p2-ui', base: 'main', push: 'none', pull_request: { id: '2', step: 'update', changes: ['body', 'base'] } });
    expect(stale.next_action).toMatchObject({ command: 'treework restack --ticket PROJ-7' });
    expect(sandbox.treework('work', 'restack', '--ticket', 'PROJ-7').stderr).toBe('');
    const moved = submit();
    expect(moved.branches.map(({ push }: { push: string }) => push)).toEqual(['force', 'force']);
    expect(moved.updated.map(({ id, base }: { id: string; base: string }) => [id, base])).toEqual([['2', 'main'], ['3', 'PROJ-7--p2-ui']]);
    const [first, second, third] = await forge.findPullRequests({});
    expect([first?.state, second?.base, third?.base]).toEqual(['merged', 'main', 'PROJ-7--p2-ui']);
    expect(third?.body).toContain('| 1 | #1 | PROJ-7 part 1: The endpoints | merged |\n| | `main` | | |');
    expect(submit().updated).toBeUndefined();
  });

  it('K5: merged by rebase from the bottom up, while the trunk goes on: each next one is led to the trunk, and nothing is lost', async () => {
    submitted();
    const forge = await hosting();
    git('switch', '-q', 'PROJ-7--p1-api');
    commit('api2', 'feat: api, once more\n\nNode: PROJ-7/api');
    git('switch', '-q', 'PROJ-7--p3-docs');
    const step = () => {
      expect(sandbox.treework('work', 'restack', '--ticket', 'PROJ-7').stderr).toBe('');
      return submit('--ticket', 'PROJ-7');
    };
    expect(step()).toMatchObject({ ok: true });
    sandbox.git('', 'clone', '-q', '-b', 'main', 'server.git', 'kim');
    const names = ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'];
    for (const [at, name] of names.entries()) {
      sandbox.git('kim', 'pull', '-q', '--rebase');
      sandbox.git('kim', 'commit', '-q', '--allow-empty', '-m', `chore: kim ${at}`);
      sandbox.git('kim', 'push', '-q', 'origin', 'main');
      const tip = served(`refs/heads/${name}`);
      await forge.mergePullRequest({ id: String(at + 1), method: 'rebase' });
      expect(sandbox.run('git', ['merge-base', '--is-ancestor', tip, 'main'], { cwd: 'server.git' }).status).toBe(1);
      git('fetch', '-q', 'origin', 'main:main');
      const led = step();
      expect(led).toMatchObject({ ok: true });
      const open = (await forge.findPullRequests({})).filter(({ state }) => state === 'open').map(({ head, base }) => [head, base]);
      expect(open).toEqual(names.slice(at + 1).map((head, index) => [head, index === 0 ? 'main' : names[at + index]]));
      for (const head of names.slice(at + 1)) expect(served(`refs/heads/${head}`)).toBe(git('rev-parse', head));
    }
    const subjects = git('log', '--reverse', '--first-parent', '--format=%s', 'main').split('\n').slice(1);
    expect(subjects).toEqual(['chore: kim 0', 'feat: api', 'feat: api, once more', 'chore: kim 1', 'feat: ui', 'chore: kim 2', 'feat: docs']);
    expect(git('ls-tree', '-r', '--name-only', 'main', 'src/').split('\n')).toEqual(['src/api.ts', 'src/api2.ts', 'src/docs.ts', 'src/ui.ts']);
    expect(git('diff', '--name-only', 'main', 'PROJ-7--p3-docs')).toBe('');
  });

  it('a forge that is gone half-way is met again by the same call', async () => {
    threeDeep();
    sandbox.write('server.git/hooks', { update: '#!/bin/sh\ncase $1 in refs/treework/*) echo x >>count; test "$(wc -l <count)" -le 2 || { echo no room >&2; exit 1; } ;; esac\n' });
    chmodSync(join(sandbox.root, 'server.git/hooks/update'), 0o755);
    const half = submit();
    expect(half).toMatchObject({ ok: false, status: 1, pushed: ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'], next_action: { command: 'treework submit --ticket PROJ-7 --yes', confirm: true } });
    expect(half.opened).toHaveLength(2);
    sandbox.write('server.git/hooks', { update: '#!/bin/sh\n' });
    const rest = submit();
    expect(rest).toMatchObject({ ok: true, pushed: [] });
    expect(rest.opened.map(({ head }: { head: string }) => head)).toEqual(['PROJ-7--p3-docs']);
    expect((await (await hosting()).findPullRequests({})).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(submit().updated).toBeUndefined();
  });

  it('two at once, from two clones, are one after the other', async () => {
    threeDeep();
    sandbox.git('', 'clone', '-q', '-b', 'main', 'server.git', 'other');
    sandbox.git('other', 'fetch', '-q', '../work', 'refs/heads/PROJ-7--*:refs/heads/PROJ-7--*');
    sandbox.run('sh', ['-c', 'for at in work other; do treework submit --ticket PROJ-7 --yes --json --cwd $at >/dev/null 2>&1 & done; wait']);
    expect(sandbox.treework('work', 'submit', '--ticket', 'PROJ-7', '--yes').stderr).toBe('');
    const pulls = await (await hosting()).findPullRequests({});
    expect(pulls.map(({ head }) => head).sort()).toEqual(['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs']);
    const again = sandbox.treework('other', 'submit', '--ticket', 'PROJ-7', '--dry-run', '--json');
    expect(JSON.parse(again.stdout).branches.map(({ pull_request: { step } }: { pull_request: { step: string } }) => step)).toEqual(['none', 'none', 'none']);
  });

  it('on github.com without a provider pushes and prints lines that a shell can be given, and says so', () => {
    threeDeep();
    git('remote', 'set-url', 'origin', 'git@github.com:acme/reports.git');
    git('config', `url.${join(sandbox.root, 'server.git')}.insteadOf`, 'git@github.com:acme/reports.git');
    const said = submit('--draft');
    expect(said).toMatchObject({ status: 1, ok: false, pushed: ['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs'] });
    expect(said.by_hand.lines).toEqual([
      `gh pr create --repo acme/reports --head PROJ-7--p1-api --base main '--title=PROJ-7 part 1: The endpoints' --body-file ${join(sandbox.root, 'work/.git/treework/submit/PROJ-7--p1-api.md')} --draft`,
      expect.stringContaining('--base PROJ-7--p1-api'),
      expect.stringContaining('--base PROJ-7--p2-ui'),
    ]);
    expect(sandbox.read('work', '.git/treework/submit/PROJ-7--p2-ui.md')).toContain('**this one**');
    expect(served('refs/treework/pulls')).toBe('');
    expect(submit()).toMatchObject({ status: 0, next_action: { action: 'agent:do' } });
    // Squashed and deleted by the forge.
    sandbox.git('server.git', 'update-ref', '-d', 'refs/heads/PROJ-7--p1-api');
    expect(submit()).toMatchObject({ status: 2, error: { code: 'gone', hint: expect.stringContaining('git fetch --prune -- origin') } });
  });

  it(`killed ${KILLS} times at any moment, the next call does the rest, and nothing twice`, async () => {
    threeDeep();
    const longest = 3_000;
    let group = 0;
    for (let round = 0; round < KILLS; round += 1) {
      git('commit', '-q', '--amend', '-m', `feat: docs, attempt ${round}`);
      const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), 'submit', '--yes', '--json'], { cwd: join(sandbox.root, 'work'), env: sandbox.env, stdio: 'ignore', detached: true });
      group = -(child.pid as number);
      const timer = setTimeout(() => child.kill('SIGKILL'), longest * Math.random());
      await new Promise((done) => child.on('exit', done));
      clearTimeout(timer);
    }
    // A push goes on without us, and may be in the next one's way; the last one is let end.
    await vi.waitUntil(() => !isRunning(group), 60_000);
    const last = [submit(), submit()];
    expect(last.map(({ status }) => status), JSON.stringify(last)).toContain(0);
    expect(submit().pushed).toBeUndefined();
    expect(served('refs/heads/PROJ-7--p3-docs')).toBe(git('rev-parse', 'HEAD'));
    expect((await (await hosting()).findPullRequests({})).map(({ head }) => head)).toEqual(['PROJ-7--p1-api', 'PROJ-7--p2-ui', 'PROJ-7--p3-docs']);
    expect(sandbox.treework('work', 'doctor', '--json').stdout).not.toContain('submit');
  });
});

/** Whether any process of a group lives. */
function isRunning(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}
