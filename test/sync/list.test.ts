import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOLDER, nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { Team } from './shared.ts';

interface Line {
  readonly ticket: string;
  readonly [key: string]: unknown;
}

let team: Team;
const list = (...args: string[]) => JSON.parse(team.sandbox.treework('home', 'list', '--json', ...args).stdout) as { readonly ok: boolean; readonly tickets: readonly Line[]; readonly finished: number; readonly next_action: object };
const line = (id: string, ...args: string[]) => list(...args).tickets.find(({ ticket }) => ticket === id);

beforeAll(() => {
  team = new Team({ 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, gone: modules/gone}\n---\n', '.gitignore': '*.log\nmodules/\n' });
  const { sandbox } = team;
  sandbox.env.GIT_COMMITTER_DATE = '2026-11-20T10:00:00Z';
  // PROJ-7: at work in a worktree, pushed, one commit ahead of the server and one behind, and something not committed.
  team.git('home', 'switch', '-q', '-c', 'PROJ-7--reports');
  sandbox.write('home', { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC).replace('2099-01-01', '2026-11-18') });
  team.git('home', 'add', '.');
  team.git('home', 'commit', '-q', '--no-verify', '-m', 'docs: begin');
  team.git('home', 'push', '-q', '-u', 'origin', 'PROJ-7--reports');
  team.push('PROJ-7--reports', { 'a.txt': 'A\n' });
  team.commit('home', { 'b.txt': 'B\n' });
  team.git('home', 'switch', '-q', 'main');
  team.git('home', 'worktree', 'add', '-q', team.at('trees/seven'), 'PROJ-7--reports');
  sandbox.write('trees/seven', { 'src/x.ts': '', 'src/y.ts': '', 'a.log': '' });
  sandbox.repository('home/modules/api');
  team.git('home/modules/api', 'worktree', 'add', '-q', '-b', 'PROJ-7--reports', team.at('trees/seven/modules/api'));
  sandbox.write('trees/seven/modules/api', { 'z.ts': '' });
  team.git('home', 'fetch', '-q');
  // PROJ-8: a branch and nothing else, never pushed. PROJ-9: a teammate's, only at the server. PROJ-1: archived on the trunk.
  team.git('home', 'worktree', 'add', '-q', '--track', '-b', 'PROJ-8--add-auth', team.at('trees/eight'), 'origin/main');
  team.commit('trees/eight', { 'c.txt': 'c\n' });
  team.git('mate', 'push', '-q', 'origin', 'HEAD~1:refs/heads/feature/PROJ-9-x');
  team.git('home', 'fetch', '-q');
  sandbox.write('home', { 'docs/specs/ARCHIVED/PROJ-1/spec.md': specOf('The system SHALL be.', 'PROJ-1') });
  team.git('home', 'add', '.');
  team.git('home', 'commit', '-q', '--no-verify', '-m', 'docs: archive');
  team.git('home', 'branch', 'PROJ-1--old');
  sandbox.env.TREEWORK_NOW = '2026-12-20T10:00:00Z';
});
afterAll(() => team.remove());

describe('list says where every ticket stands', () => {
  it('K8 K13: over worktrees and branches; of all modules too; a branch that was never pushed is not clean', () => {
    expect(list().tickets.map(({ ticket, phase, pushed, ahead, behind, dirty, where }) => [ticket, phase, pushed, ahead, behind, dirty, where])).toEqual([
      ['PROJ-7', 'working', true, 1, 1, 3, 'PROJ-7--reports'],
      ['PROJ-8', 'none', false, 1, 1, 0, 'PROJ-8--add-auth'],
      ['PROJ-9', 'none', true, 1, 1, 0, 'origin/feature/PROJ-9-x'],
    ]);
    expect(line('PROJ-7')).toMatchObject({ title: 'Reports API', progress: { settled: 0, total: 1 }, worktree: team.at('trees/seven'), age: 32, stuck: { days: 32, node: 'build' }, places: [{ module: null, branch: 'PROJ-7--reports', dirty: 2, trunk: { ahead: 2, behind: 1 } }, { module: 'api', branch: 'PROJ-7--reports', dirty: 1, pushed: false }] });
    expect(line('PROJ-8')).toMatchObject({ title: 'add auth', worktree: team.at('trees/eight'), upstream: null });
    expect(list()).toMatchObject({ ok: true, finished: 1, next_action: { action: 'agent:do' } });
  });

  it('finished ones with --all alone, and no branch brings them back', () => {
    expect(list('--all').tickets.map(({ ticket }) => ticket)).toEqual(['PROJ-1', 'PROJ-7', 'PROJ-8', 'PROJ-9']);
    expect(line('PROJ-1', '--all')).toMatchObject({ phase: 'archived', finished: true });
  });

  it.each([
    [['--where', 'dirty>0'], ['PROJ-7']],
    [['--where', 'pushed=false'], ['PROJ-8']],
    [['--where', 'phase=none,where~origin'], ['PROJ-9']],
    [['--where', 'stuck.days>30'], ['PROJ-7']],
  ])('%j', (args, ids) => expect(list(...args).tickets.map(({ ticket }) => ticket)).toEqual(ids));

  it('a key that there is not is named', () => {
    const { status, stderr } = team.sandbox.treework('home', 'list', '--where', 'stat=x');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/Unexpected key stat, expected one of a ticket: ticket, title/)]);
  });

  it('for people, in 80 columns', () => {
    expect(team.sandbox.treework('home', 'list').stdout).toBe(`ticket  title        phase    done  age  sync         where
PROJ-7  Reports API  working   0/1  32d  +1 -1        PROJ-7--reports *
        ! stuck: nothing has moved for 32 days; the current node is build (in_p…
PROJ-8  add auth     -           -  30d  local +1 -1  PROJ-8--add-auth
PROJ-9  x            -           -  30d  remote       origin/feature/PROJ-9…

* not committed   1 finished: treework list --all
`);
  });
});
