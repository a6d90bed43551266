import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { Stacked } from './fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function stacked(parts = 0): Stacked {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return new Stacked(sandbox, parts);
}

/** Whether a stack stands on main, each branch on the one below, with these commits of its own. */
function standsWith(repo: Stacked, names: readonly string[], own: readonly (readonly string[])[]): void {
  names.forEach((name, at) => expect([name, repo.subjects(`${names[at - 1] ?? 'main'}..${name}`)]).toEqual([name, own[at]]));
}

const OWN = (name: string) => [`${name} a`, `${name} b`];

describe('restack', () => {
  it('after the trunk moved, keeps authors, dates and messages, and takes clean work trees along', () => {
    const repo = stacked(3);
    const { names } = repo;
    repo.git('checkout', '-q', names[2] as string);
    repo.gitIn('work', 'commit', '-q', '--allow-empty', '-m', 'deliberately empty');
    repo.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '--allow-empty', '-m', 'in another encoding', '--author', 'Somebody Else <else@example.com>');
    repo.git('checkout', '-q', 'main');
    repo.git('worktree', 'add', '-q', '../second tree', names[1] as string);
    repo.commit('c.txt', 5, 'trunk goes on');
    const facts = (name: string) => repo.git('log', '-2', '--format=%an %ae %at %ct %cn %B', name);
    const before = names.map(facts);
    const raw = repo.git('cat-file', 'commit', names[2] as string);
    const answer = repo.ask('restack', names[0] as string);
    expect(answer).toMatchObject({ ok: true, branches: names.map((name) => ({ name, state: 'moved', dropped: [] })), worktrees: [join(repo.sandbox.root, 'second tree')] });
    standsWith(repo, names, [OWN(names[0] as string), OWN(names[1] as string), [...OWN(names[2] as string), 'deliberately empty', 'in another encoding']]);
    expect(names.map(facts)).toEqual(before);
    expect(raw).toContain('\nencoding ISO-8859-1\n');
    expect(repo.git('cat-file', 'commit', names[2] as string).replace(/^(?:tree|parent) .*\n/gm, '')).toBe(raw.replace(/^(?:tree|parent) .*\n/gm, ''));
    expect(repo.sandbox.git('second tree', 'status', '--porcelain')).toBe('');
    expect(repo.sandbox.read('second tree', 'c.txt')).toContain('trunk goes on');
    expect(repo.ask('restack', names[2] as string)).toMatchObject({ ok: true, branches: names.map((name) => ({ name, state: 'in-place' })) });
  });

  it('after the parent was amended: the child keeps what is its own and nothing of the earlier form', () => {
    const repo = stacked(3);
    const { names } = repo;
    repo.git('checkout', '-q', names[0] as string);
    repo.commit('own-1.txt', 1, 'amended', 'work', '--amend');
    const answer = repo.ask('restack');
    expect(answer).toMatchObject({ ok: true, branches: [{ state: 'in-place' }, { state: 'moved', dropped: [{ why: 'replaced', subject: `${names[0]} b` }] }, { state: 'moved' }] });
    standsWith(repo, names, [[`${names[0]} a`, 'amended'], OWN(names[1] as string), OWN(names[2] as string)]);
    expect(repo.read('own-1.txt', names[2] as string)).toContain('amended');
  });

  it.each(['merge', 'squash', 'rebase'] as const)('git-spice#1133, git-town#4579, gh-stack#169: after the parent was merged by %s, the child stands on the trunk without it', (how) => {
    const repo = stacked(3);
    const { names } = repo;
    const [first = ''] = names;
    repo.commit('c.txt', 9, 'meanwhile');
    if (how === 'merge') repo.gitIn('work', 'merge', '-q', '--no-ff', '--no-edit', first);
    if (how === 'rebase') repo.gitIn('work', 'cherry-pick', `main..${first}`);
    if (how === 'squash') {
      repo.git('merge', '-q', '--squash', first);
      repo.gitIn('work', 'commit', '-q', '-m', 'squashed (#1)');
    }
    // The same lines once more: the merge cannot be told from the trees any longer.
    repo.commit('a.txt', 2, 'the trunk changed it again');
    const tip = repo.git('rev-parse', first);
    const answer = repo.ask('restack', names[2] as string);
    expect(answer).toMatchObject({ ok: true, branches: [{ name: first, state: 'merged' }, { state: 'moved', onto: 'main' }, { state: 'moved', onto: names[1] }] });
    expect(repo.git('rev-parse', first)).toBe(tip);
    standsWith(repo, names.slice(1), [OWN(names[1] as string), OWN(names[2] as string)]);
    expect(repo.read('a.txt', names[2] as string)).toContain('the trunk changed it again');
  });

  it('also where the merged branch is gone, and nobody recorded where the child began', () => {
    const repo = stacked(3);
    const { names } = repo;
    repo.git('merge', '-q', '--squash', names[1] as string);
    repo.gitIn('work', 'commit', '-q', '-m', 'two at once (#1)');
    repo.commit('c.txt', 9, 'meanwhile');
    repo.git('branch', '-q', '-D', names[0] as string, names[1] as string);
    for (const name of names) repo.git('update-ref', '-d', `refs/treework/bases/${name}`);
    const answer = repo.ask('restack', names[2] as string) as unknown as { branches: { dropped: { subject: string }[] }[] };
    expect(answer.branches[0]?.dropped.map(({ subject }) => subject)).toEqual([...OWN(names[0] as string), ...OWN(names[1] as string)]);
    standsWith(repo, [names[2] as string], [OWN(names[2] as string)]);
  });

  it('a commit that the parent gave up by a reset is kept by the child that has it', () => {
    const repo = stacked();
    repo.branch('PROJ-7--p1-a', 'main');
    repo.commit('a.txt', 1, 'one');
    repo.commit('b.txt', 1, 'belongs above');
    repo.branch('PROJ-7--p2-b', 'PROJ-7--p1-a');
    repo.commit('c.txt', 1, 'two');
    repo.git('checkout', '-q', 'PROJ-7--p1-a');
    repo.git('reset', '-q', '--hard', 'HEAD~1');
    repo.git('checkout', '-q', 'main');
    repo.commit('c.txt', 9, 'meanwhile');
    expect(repo.ask('restack', 'PROJ-7--p2-b')).toMatchObject({ ok: true, branches: [{}, { adopted: [{ subject: 'belongs above' }] }] });
    expect(repo.subjects('PROJ-7--p1-a..PROJ-7--p2-b')).toEqual(['belongs above', 'two']);
  });

  it('commits that upstream has already are left out and named, deliberately empty ones stay', () => {
    const repo = stacked(1);
    const [name = ''] = repo.names;
    repo.git('checkout', '-q', name);
    repo.gitIn('work', 'commit', '-q', '--allow-empty', '-m', 'deliberately empty');
    repo.commit('c.txt', 30, 'last');
    repo.git('checkout', '-q', 'main');
    repo.commit('a.txt', 2, `${name} a`);
    repo.commit('b.txt', 30, 'other');
    expect(repo.ask('restack', name)).toMatchObject({ ok: true, branches: [{ dropped: [{ subject: `${name} a`, why: 'upstream' }] }] });
    standsWith(repo, [name], [[`${name} b`, 'deliberately empty', 'last']]);
  });

  it('what the trunk took and a later commit takes away again is taken away', () => {
    const repo = stacked();
    repo.branch('PROJ-7--x', 'main');
    repo.commit('a.txt', 5, 'added\nline 5');
    repo.commit('b.txt', 5, 'other');
    repo.sandbox.write('work', { 'a.txt': repo.read('a.txt', 'main') + '\n' });
    repo.gitIn('work', 'commit', '-q', '-a', '-m', 'taken away');
    repo.git('checkout', '-q', 'main');
    repo.commit('a.txt', 5, 'added\nline 5');
    repo.commit('c.txt', 5, 'trunk');
    expect(repo.ask('restack', 'PROJ-7--x')).toMatchObject({ ok: true });
    expect(repo.read('a.txt', 'PROJ-7--x')).not.toContain('added');
    expect(repo.subjects('main..PROJ-7--x')).toEqual(['other', 'taken away']);
  });

  it('after a part of the parent was squashed, or the parent went on after the merge: what is left stays', () => {
    const repo = stacked();
    repo.branch('PROJ-7--p1-a', 'main');
    repo.commit('a.txt', 5, 'one');
    repo.commit('a.txt', 5, 'two');
    repo.git('checkout', '-q', 'main');
    repo.git('merge', '-q', '--squash', 'PROJ-7--p1-a');
    repo.gitIn('work', 'commit', '-q', '-m', 'squashed (#1)');
    repo.git('checkout', '-q', 'PROJ-7--p1-a');
    repo.commit('a.txt', 5, 'three');
    repo.branch('PROJ-7--p2-b', 'PROJ-7--p1-a');
    repo.commit('a.txt', 5, 'four');
    expect(repo.ask('restack')).toMatchObject({ ok: true, branches: [{ state: 'moved', dropped: [{ subject: 'one' }, { subject: 'two' }] }, { state: 'moved', dropped: [] }] });
    standsWith(repo, ['PROJ-7--p1-a', 'PROJ-7--p2-b'], [['three'], ['four']]);
  });

  it('two tickets on one: the other is left and named, and brought along by its own restack', () => {
    const repo = stacked();
    const ticket = (id: string, on: string, branch: string) => {
      repo.branch(branch, on);
      repo.sandbox.write('work', { [`docs/specs/${id}/spec.md`]: `---\nticket: ${id}\ntitle: ${id}\nstacked_on: PROJ-5\n---\n\n## Requirements\n\n### Requirement: ${id}\n\nThe system SHALL do ${id}.\n\n#### Scenario: It\n\n- **GIVEN** a\n- **WHEN** b\n- **THEN** c\n` });
      repo.git('add', '.');
      repo.gitIn('work', 'commit', '-q', '-m', `spec of ${id}`);
    };
    repo.branch('PROJ-5--base', 'main');
    repo.commit('a.txt', 5, 'base');
    ticket('PROJ-7', 'PROJ-5--base', 'PROJ-7--one');
    ticket('PROJ-8', 'PROJ-5--base', 'PROJ-8--two');
    repo.git('checkout', '-q', 'main');
    repo.commit('b.txt', 5, 'trunk goes on');
    expect(repo.ask('restack', 'PROJ-7--one')).toMatchObject({ ok: true, left: ['PROJ-8--two'], branches: [{ name: 'PROJ-5--base' }, { name: 'PROJ-7--one', onto: 'PROJ-5--base' }] });
    expect(repo.ask('restack', 'PROJ-8--two')).toMatchObject({ ok: true, left: ['PROJ-7--one'], branches: [{ state: 'in-place' }, { state: 'moved', dropped: [{ subject: 'base', why: 'replaced' }] }] });
    standsWith(repo, ['PROJ-5--base', 'PROJ-8--two'], [['base'], ['spec of PROJ-8']]);
    expect(repo.ask('restack', 'PROJ-5--base')).toMatchObject({ left: [], branches: [{ state: 'in-place' }, { state: 'in-place' }, { state: 'in-place' }] });
  });

  it('three branches of 30 commits each take as many git processes as three of three', () => {
    const repo = stacked();
    const stream: string[] = [];
    for (let branch = 1; branch <= 3; branch += 1) {
      for (let at = 1; at <= 30; at += 1) {
        const words = `commit ${branch}-${at}`;
        stream.push(`commit refs/heads/PROJ-7--p${branch}-x\nmark :${branch * 100 + at}\nauthor Dev <dev@example.com> ${1_767_225_600 + branch * 100 + at} +0000\ncommitter Dev <dev@example.com> 1767225600 +0000\ndata ${words.length}\n${words}\n`);
        if (at === 1) stream.push(`from ${branch === 1 ? 'refs/heads/main^0' : `:${branch * 100 - 70}`}\n`);
        stream.push(`M 100644 inline own-${branch}.txt\ndata ${words.length}\n${words}\n\n`);
      }
    }
    expect(repo.sandbox.run('git', ['fast-import', '--quiet'], { cwd: 'work', input: stream.join('') }).output).toBe('');
    repo.commit('c.txt', 5, 'trunk goes on');
    const trace = join(repo.sandbox.root, 'trace.json');
    expect(repo.sandbox.run('treework', ['restack', 'PROJ-7--p2-x'], { cwd: 'work', env: { GIT_TRACE2_EVENT: trace } }).status).toBe(0);
    expect(repo.subjects('main..PROJ-7--p3-x')).toHaveLength(90);
    expect(repo.sandbox.read('', 'trace.json').split('"event":"start"').length - 1).toBeLessThan(90);
  });

  it('git-spice#897, gh-stack#35: a dirty work tree of any branch is refused by name before anything moves', () => {
    const repo = stacked(2);
    const { names } = repo;
    repo.git('worktree', 'add', '-q', '../top tree', names[1] as string);
    repo.sandbox.write('top tree', { 'a.txt': 'mine\n' });
    repo.commit('c.txt', 5, 'trunk goes on');
    const refs = repo.git('for-each-ref');
    const answer = repo.ask('restack', names[0] as string) as unknown as { error: { code: string; message: string } };
    expect(answer.error).toMatchObject({ code: 'dirty', message: expect.stringMatching(/PROJ-7--p2-part in .*top tree \(a\.txt\)/) as string });
    expect([repo.git('for-each-ref'), repo.sandbox.read('top tree', 'a.txt')]).toEqual([refs, 'mine\n']);
  });

  it('merges inside a branch: of what it stands on they are left out, others are refused by name', () => {
    const repo = stacked(1);
    const { names } = repo;
    const [name = ''] = names;
    repo.commit('c.txt', 5, 'trunk goes on');
    repo.git('checkout', '-q', name);
    repo.gitIn('work', 'merge', '-q', '--no-edit', 'main');
    repo.commit('c.txt', 20, 'after the merge');
    repo.git('checkout', '-q', 'main');
    repo.commit('c.txt', 33, 'and on');
    expect(repo.ask('restack', name)).toMatchObject({ ok: true, branches: [{ dropped: [{ why: 'merge' }] }] });
    standsWith(repo, names, [[...OWN(name), 'after the merge']]);
    repo.git('checkout', '-q', '-b', 'side', `${name}~1`);
    repo.commit('b.txt', 12, 'side');
    repo.git('checkout', '-q', name);
    repo.gitIn('work', 'merge', '-q', '--no-edit', 'side');
    repo.git('checkout', '-q', 'main');
    repo.commit('c.txt', 36, 'further');
    const before = repo.git('rev-parse', name);
    expect((repo.ask('restack', name) as unknown as { error: object }).error).toMatchObject({ code: 'merge-inside', message: expect.stringContaining('joins two lines') as string });
    expect(repo.git('rev-parse', name)).toBe(before);
    expect(repo.ask('restack', name, '--merge')).toMatchObject({ ok: true, branches: [{ state: 'moved' }] });
    expect(repo.git('rev-parse', `${name}^1`)).toBe(before);
  });

  it('--dry-run says it all and moves nothing', () => {
    const repo = stacked(2);
    const { names } = repo;
    repo.commit('c.txt', 5, 'trunk goes on');
    const refs = repo.git('for-each-ref');
    expect(repo.ask('restack', names[1] as string, '--dry-run')).toMatchObject({ ok: true, dry_run: true, branches: [{ state: 'moved' }, { state: 'moved', commits: 2 }] });
    expect(repo.git('for-each-ref')).toBe(refs);
    expect(repo.has('work/.git/treework/operations')).toBe(false);
  });
});
