import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { Stacked } from './fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** Three parts; the trunk has changed the line that the second commit of part 2 changes, and a line of part 3. */
function clashing(): Stacked {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repo = new Stacked(sandbox, 3);
  repo.commit('own-2.txt', 1, 'the trunk has another');
  repo.commit('a.txt', 8, 'the trunk changed line 8');
  return repo;
}

interface Conflict {
  readonly ok: boolean;
  readonly conflict: { readonly branch: string; readonly subject: string; readonly files: string[]; readonly worktree: string; readonly temporary: boolean };
  readonly next_action: { readonly action: string; readonly argv: string[]; readonly on_fail: string };
  readonly error: { readonly code: string; readonly message: string };
}

const ask = (repo: Stacked, ...args: string[]) => repo.ask('restack', ...args) as unknown as Conflict;

/** Mends the files of a conflict by both sides and adds them. */
function mend(repo: Stacked, { conflict: { worktree, files } }: Conflict): void {
  const folder = worktree.slice(repo.sandbox.root.length + 1);
  for (const file of files) repo.sandbox.write(folder, { [file]: repo.sandbox.read(folder, file).replaceAll(/^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|).*\n/gm, '') });
  repo.gitIn(folder, 'add', '--', ...files);
}

describe('a conflict', () => {
  it('stops with nothing moved, is mended in the branch’s own work tree or in one made for it, and the restack goes on', () => {
    const repo = clashing();
    const [one = '', two = '', three = ''] = repo.names;
    repo.git('worktree', 'add', '-q', '../two', two);
    repo.sandbox.write('two', { 'notes.txt': 'untracked\n' });
    const refs = repo.git('for-each-ref');
    const first = ask(repo, one);
    expect(first).toMatchObject({ ok: false, conflict: { branch: two, subject: `${two} b`, files: ['own-2.txt'], worktree: join(repo.sandbox.root, 'two'), temporary: false }, next_action: { action: 'agent:do', argv: ['treework', 'restack', '--continue'], on_fail: 'treework restack --abort' } });
    expect(repo.git('for-each-ref')).toBe(refs);
    expect(repo.sandbox.git('two', 'status')).toContain('cherry-picking');
    expect(ask(repo, '--continue').error).toMatchObject({ code: 'unmerged' });
    expect(ask(repo, one).error).toMatchObject({ code: 'operation-open' });
    const { checks } = JSON.parse(repo.treework('doctor', '--json').stdout) as { checks: { name: string; mend: string }[] };
    expect(checks.find(({ name }) => name === 'operation')?.mend).toBe('treework restack --continue, or to go back: treework restack --abort');
    mend(repo, first);
    repo.sandbox.write('two', { 'a.txt': 'forgotten\n' });
    expect(ask(repo, '--continue').error).toMatchObject({ code: 'unstaged' });
    repo.sandbox.git('two', 'checkout', '--', 'a.txt');
    const second = ask(repo, '--continue');
    expect(second).toMatchObject({ ok: false, conflict: { branch: three, files: ['a.txt'], temporary: true } });
    expect(repo.sandbox.git('two', 'status', '--porcelain', '--branch')).toBe(`## ${two}\n?? notes.txt\n`);
    mend(repo, second);
    expect(repo.ask('restack', '--continue')).toMatchObject({ ok: true, branches: [{ name: one, state: 'moved' }, { name: two, state: 'moved' }, { name: three, state: 'moved' }] });
    expect(repo.has(second.conflict.worktree.slice(repo.sandbox.root.length + 1))).toBe(false);
    expect([repo.subjects(`main..${one}`), repo.subjects(`${one}..${two}`), repo.subjects(`${two}..${three}`)]).toEqual(repo.names.map((name) => [`${name} a`, `${name} b`]));
    expect(repo.read('own-2.txt', three).split('\n').slice(1, 3)).toEqual(['the trunk has another', `${two} b`]);
    expect(repo.read('a.txt', three)).toContain(`${three} a`);
    expect([repo.sandbox.git('two', 'status', '--porcelain'), repo.git('worktree', 'list').split('\n').length]).toEqual(['?? notes.txt\n', 2]);
  });

  it('is given up: everything is as it was, what git does not know stays', () => {
    const repo = clashing();
    const [, two = ''] = repo.names;
    repo.git('worktree', 'add', '-q', '../two', two);
    const state = () => [repo.git('for-each-ref'), repo.sandbox.git('two', 'status', '--porcelain', '--branch'), repo.sandbox.read('two', 'own-2.txt')];
    const before = state();
    mend(repo, ask(repo, two));
    const second = ask(repo, '--continue');
    const folder = second.conflict.worktree.slice(repo.sandbox.root.length + 1);
    repo.sandbox.write(folder, { 'notes.txt': 'found out\n' });
    expect(repo.ask('restack', '--abort')).toMatchObject({ ok: true, aborted: true, kept: [second.conflict.worktree] });
    expect([state(), repo.sandbox.read(folder, 'notes.txt')]).toEqual([before, 'found out\n']);
    expect(ask(repo, '--abort').error).toMatchObject({ code: 'nothing-open' });
    expect(repo.treework('doctor').output).not.toContain('restack');
  });

  it('a commit that was made there counts, and so does leaving one out', () => {
    const repo = clashing();
    const [one = '', two = '', three = ''] = repo.names;
    const first = ask(repo, one);
    mend(repo, first);
    repo.gitIn(first.conflict.worktree.slice(repo.sandbox.root.length + 1), 'commit', '-q', '--no-edit');
    const second = ask(repo, '--continue');
    const folder = second.conflict.worktree.slice(repo.sandbox.root.length + 1);
    repo.sandbox.git(folder, 'checkout', '--ours', '--', 'a.txt');
    repo.sandbox.git(folder, 'add', 'a.txt');
    expect(repo.ask('restack', '--continue')).toMatchObject({ ok: true, branches: [{}, {}, { dropped: [{ subject: `${three} a`, why: 'upstream' }] }] });
    expect([repo.subjects(`${one}..${two}`), repo.subjects(`${two}..${three}`)]).toEqual([[`${two} a`, `${two} b`], [`${three} b`]]);
  });

  it('of a branch that somebody moved meanwhile: nothing is moved, and --abort is named', () => {
    const repo = clashing();
    const [one = ''] = repo.names;
    mend(repo, ask(repo, one));
    repo.git('branch', '-f', one, `${one}~1`);
    mend(repo, ask(repo, '--continue'));
    expect(ask(repo, '--continue').error).toMatchObject({ code: 'ref-moved' });
    expect(repo.ask('restack', '--abort')).toMatchObject({ ok: true });
    expect(repo.git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});

describe('restack --merge', () => {
  it('makes no commit anew: a squashed parent is joined with its squash, although the trunk went on at the same lines', () => {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    const repo = new Stacked(sandbox, 3);
    const [one = '', two = '', three = ''] = repo.names;
    repo.git('merge', '-q', '--squash', one);
    repo.gitIn('work', 'commit', '-q', '-m', 'squashed (#1)');
    repo.commit('a.txt', 2, 'the trunk changed it again');
    const tips = [two, three].map((name) => repo.git('rev-parse', name));
    expect(repo.ask('restack', '--merge', two)).toMatchObject({ ok: true, mode: 'merge', branches: [{ state: 'merged' }, { state: 'moved', onto: 'main' }, { state: 'moved', onto: two }] });
    expect([two, three].map((name) => repo.git('rev-parse', `${name}^1`))).toEqual(tips);
    expect([repo.git('rev-parse', `${two}^2`), repo.git('rev-parse', `${three}^2`)]).toEqual([repo.git('rev-parse', 'main'), repo.git('rev-parse', two)]);
    expect(repo.read('a.txt', three).split('\n').slice(2, 9)).toEqual(['the trunk changed it again', 'line 3', 'line 4', `${two} a`, 'line 6', 'line 7', `${three} a`]);
    expect(repo.git('log', '-1', '--format=%s', two)).toBe(`Merge branch 'main' into ${two}`);
    expect(repo.ask('restack', '--merge', two)).toMatchObject({ ok: true, branches: [{ state: 'merged' }, { state: 'in-place' }, { state: 'in-place' }] });
    // What was joined with the help of the squash cannot be made anew without it.
    repo.commit('b.txt', 2, 'the trunk goes on');
    expect((repo.ask('restack', two) as unknown as Conflict).error).toMatchObject({ code: 'merge-inside', message: expect.stringContaining(`Merge branch 'main' into ${two}`) as string });
  });

  it('never picks a side: a conflict is mended in a merge', () => {
    const repo = clashing();
    const [one = '', two = '', three = ''] = repo.names;
    const first = ask(repo, one, '--merge');
    expect(first).toMatchObject({ ok: false, conflict: { branch: two, subject: one, files: ['own-2.txt'] } });
    mend(repo, first);
    const second = ask(repo, '--continue');
    expect(second.conflict.branch).toBe(three);
    mend(repo, second);
    expect(repo.ask('restack', '--continue')).toMatchObject({ ok: true });
    expect(repo.read('own-2.txt', two).split('\n').slice(1, 3).sort()).toEqual([`${two} b`, 'the trunk has another']);
    expect(repo.git('rev-list', '--count', '--merges', `main..${three}`)).toBe('3');
  });
});

describe('undo', () => {
  it('takes a restack back with its work trees, and brings it again', () => {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    const repo = new Stacked(sandbox, 2);
    const [one = '', two = ''] = repo.names;
    repo.git('worktree', 'add', '-q', '../two', two);
    repo.commit('c.txt', 5, 'trunk goes on');
    const before = repo.git('for-each-ref');
    expect(repo.treework('undo').output).toContain('expected a restack or a split before it');
    expect(repo.ask('restack', one)).toMatchObject({ ok: true, undoable: true });
    const after = repo.git('for-each-ref');
    expect(repo.ask('undo', '--dry-run')).toMatchObject({ ok: true, dry_run: true, undone: 'restack' });
    repo.sandbox.write('two', { 'a.txt': 'mine\n' });
    expect((repo.ask('undo') as unknown as Conflict).error).toMatchObject({ code: 'dirty' });
    repo.sandbox.git('two', 'checkout', '--', 'a.txt');
    expect(repo.ask('undo')).toMatchObject({ ok: true, undone: 'restack', worktrees: [join(sandbox.root, 'two')] });
    expect([repo.git('for-each-ref'), repo.sandbox.git('two', 'status', '--porcelain'), repo.sandbox.read('two', 'c.txt')]).toEqual([before, '', expect.not.stringContaining('trunk goes on')]);
    expect(repo.ask('undo')).toMatchObject({ ok: true, undone: 'undo' });
    expect([repo.git('for-each-ref'), repo.sandbox.git('two', 'status', '--porcelain')]).toEqual([after, '']);
    repo.commit('b.txt', 30, 'one more', 'two');
    expect((repo.ask('undo') as unknown as Conflict).error).toMatchObject({ code: 'moved-since', message: expect.stringContaining(two) as string });
  });
});

it('X18: what joins without a conflict and breaks a rule moves nothing', () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repo = new Stacked(sandbox);
  const spec = (ticket: string) => `---\nticket: ${ticket}\ntitle: Reports\n---\n\n## Requirements\n\n### Requirement: Token validation\n\nThe system SHALL reject expired tokens.\n\n#### Scenario: Expired\n\n- **GIVEN** a token\n- **WHEN** it is expired\n- **THEN** it is rejected\n`;
  repo.branch('PROJ-7--x', 'main');
  repo.sandbox.write('work', { 'docs/specs/PROJ-7/spec.md': spec('PROJ-7').replace('## Requirements', 'See [the guide](../../guide.md).\n\n## Requirements') });
  repo.sandbox.write('work', { 'c.txt': 'x\n' });
  repo.gitIn('work', 'checkout', '-q', 'main');
  repo.sandbox.write('work', { 'docs/guide.md': '# Guide\n' });
  repo.gitIn('work', 'add', 'docs/guide.md');
  repo.gitIn('work', 'commit', '-q', '-m', 'guide');
  repo.git('checkout', '-q', '-B', 'PROJ-7--x', 'main');
  repo.gitIn('work', 'add', '.');
  repo.gitIn('work', 'commit', '-q', '-m', 'spec');
  repo.git('checkout', '-q', 'main');
  repo.git('mv', 'docs/guide.md', 'docs/handbook.md');
  repo.gitIn('work', 'commit', '-q', '-m', 'renamed');
  const refs = repo.git('for-each-ref');
  const refused = repo.ask('restack', 'PROJ-7--x') as unknown as { findings: { rule: string }[]; next_action: { command: string } };
  expect([refused.findings.map(({ rule }) => rule), refused.next_action.command]).toEqual([['link-target'], 'treework restack --no-verify --ticket PROJ-7']);
  expect(repo.git('for-each-ref')).toBe(refs);
  expect(repo.ask('restack', '--no-verify', '--ticket', 'PROJ-7')).toMatchObject({ ok: true, branches: [{ state: 'moved' }] });
});
