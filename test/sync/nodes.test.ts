import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLDER, nodeOf, SPEC, tasksOf } from '../harness/governed.ts';
import { rowOf, Team } from './shared.ts';

const RECORD = `${FOLDER}/nodes/build.md`;
const COMPLETE = nodeOf(SPEC).replace('status: in_progress', 'status: complete').replace('}\n---', '}\n  - {to: in_progress, by: impl-1, at: 2099-01-01T00:00:00Z, done: true}\n  - {to: complete, by: impl-1, at: 2099-01-02T00:00:00Z, verdict: pass, verified_by: review-1}\n---');

let team: Team;
let seven: string;
let node: string;
beforeEach(() => {
  team = new Team({ [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) });
  const work = (...args: string[]) => team.sandbox.treework('home', 'work', 'PROJ-7', '--print-path', ...args).stdout.trim().replace(`${team.sandbox.root}/`, '');
  seven = work();
  node = work('--node', 'build');
});
afterEach(() => team.remove());

describe('the worktree of a finished node', () => {
  it('comes back into its ticket’s branch: by fast-forward, or by a merge that no work tree sees', () => {
    const done = team.commit(node, { [RECORD]: COMPLETE, 'src/x.ts': 'x\n' });
    expect(team.sync()).toMatchObject({ status: 0, moved: 1 });
    expect(team.git(seven, 'rev-parse', 'HEAD')).toBe(done);
    const [left, right] = [team.commit(seven, { 'src/y.ts': 'y\n' }), team.commit(node, { 'src/z.ts': 'z\n' })];
    team.sandbox.write(seven, { 'a.txt': 'mine\n' });
    const { status, rows } = team.sync();
    expect(status).toBe(0);
    expect(rows.find(({ state }) => state === 'merged')).toMatchObject({ name: 'PROJ-7--reports-api', follows: 'PROJ-7--@build', behind: 1 });
    expect(team.git(seven, 'log', '-1', '--format=%P%n%s')).toBe(`${left} ${right}\nMerge node build of PROJ-7`);
    expect(team.git(seven, 'status', '--porcelain')).toBe('M a.txt');
    expect(team.sync().moved).toBe(0);
  });

  it('stays as long as the node is not over, or something in it is in no commit', () => {
    team.commit(node, { [RECORD]: nodeOf(SPEC), 'src/x.ts': 'x\n' });
    expect(team.sync()).toMatchObject({ status: 0, moved: 0 });
    team.commit(node, { [RECORD]: COMPLETE });
    team.sandbox.write(node, { 'src/forgotten.ts': '' });
    const { status, rows } = team.sync();
    expect([status, rowOf(rows.filter(({ state }) => state === 'dirty'), 'PROJ-7--@build')?.paths]).toEqual([1, ['src/forgotten.ts']]);
  });

  it('is named where it does not merge, with the command, and nothing is half-merged', () => {
    team.commit(node, { [RECORD]: COMPLETE, 'src/x.ts': 'theirs\n' });
    const before = team.commit(seven, { 'src/x.ts': 'ours\n' });
    const { status, rows, next_action: next } = team.sync();
    expect(status).toBe(1);
    expect(rows.find(({ state }) => state === 'conflict')).toMatchObject({ name: 'PROJ-7--reports-api', paths: ['src/x.ts'], mend: `git -C ${team.at(seven)} merge PROJ-7--@build` });
    expect([team.git(seven, 'rev-parse', 'HEAD'), team.git(seven, 'status', '--porcelain')]).toEqual([before, '']);
    expect(team.sandbox.run('sh', ['-c', next.command], { cwd: 'home' }).status).toBe(1);
    team.sandbox.write(seven, { 'src/x.ts': 'both\n' });
    team.git(seven, 'commit', '-qam', 'merged', '--no-verify');
    expect(team.sync()).toMatchObject({ status: 0, moved: 0 });
  });
});

describe('stacks', () => {
  it('whose bottom was merged are restacked next; what stands on a branch that moved, too', () => {
    const one = team.ticket('PROJ-8--p1-a');
    team.commit(one, { 'one.txt': '1\n' });
    team.git(one, 'push', '-q', 'origin', 'PROJ-8--p1-a');
    team.git('home', 'worktree', 'add', '-q', '--no-track', '-b', 'PROJ-8--p2-b', team.at('trees/two'), 'PROJ-8--p1-a');
    team.commit('trees/two', { 'two.txt': '2\n' });
    expect(team.sync().rows.filter(({ state }) => state === 'restack')).toEqual([]);
    team.push('PROJ-8--p1-a', { 'more.txt': 'more\n' });
    const moved = team.sync();
    expect(rowOf(moved.rows.filter(({ state }) => state === 'restack'), 'PROJ-8--p2-b')).toMatchObject({ ok: true, why: 'PROJ-8--p1-a, on which it stands, has moved on' });
    expect(moved.next_action.command).toBe('treework restack PROJ-8--p2-b');
    expect(team.sandbox.run('sh', ['-c', moved.next_action.command], { cwd: 'home' }).status).toBe(0);
    expect(team.sync().rows.filter(({ state }) => state === 'restack')).toEqual([]);
    team.push('main', { 'one.txt': '1\n', 'more.txt': 'more\n' });
    team.git('server.git', 'branch', '-D', 'PROJ-8--p1-a');
    const merged = team.sync();
    expect(merged.next_action.command).toBe('treework restack PROJ-8--p2-b');
    expect(rowOf(merged.rows, 'PROJ-8--p1-a')).toMatchObject({ state: 'gone', why: 'origin/PROJ-8--p1-a is no more: it was merged', mend: 'treework prune' });
    expect(team.sandbox.run('sh', ['-c', merged.next_action.command], { cwd: 'home' }).status).toBe(0);
    expect(team.git('home', 'log', '--format=%s', 'main..PROJ-8--p2-b').split('\n')).toHaveLength(1);
    // The merged one is still here, and the trunk goes on.
    expect(team.sync().rows.filter(({ state }) => state === 'restack')).toEqual([]);
    team.push('main', { 'later.txt': 'later\n' });
    expect(team.sync().rows.filter(({ state }) => state === 'restack')).toEqual([]);
  });
});
