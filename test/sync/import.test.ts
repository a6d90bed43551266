import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importSource, remoteNameFor } from '../../src/workflow/import-source.ts';
import { Team } from './shared.ts';

interface Imported {
  readonly ok: boolean;
  readonly ticket: string | null;
  readonly path: string;
  readonly branch: string;
  readonly upstream: string;
  readonly state: string;
  readonly remote_added?: string;
  readonly stale?: string;
  readonly next_action: { readonly cwd: string };
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

describe('what is imported', () => {
  it.each<[string, object]>([
    ['PROJ-7--x', { kind: 'any', branch: 'PROJ-7--x' }],
    ['origin/feature/x#1', { kind: 'remote', remote: 'origin', branch: 'feature/x#1' }],
    ['team/ann/x', { kind: 'remote', remote: 'team/ann', branch: 'x' }],
    ['refs/remotes/team/x', { kind: 'remote', remote: 'team', branch: 'x' }],
    ['https://host/ann/reports.git#feature/#12', { kind: 'url', url: 'https://host/ann/reports.git', branch: 'feature/#12' }],
    ['git@host:ann/reports#main', { kind: 'url', url: 'git@host:ann/reports', branch: 'main' }],
    ['../mate#x', { kind: 'url', url: '../mate', branch: 'x' }],
  ])('%s', (given, source) => expect(importSource(given, ['origin', 'team', 'team/ann'], 'treework')).toEqual(source));

  it.each(['https://host/x', 'ext::sh -c id#x', '/srv/x.git#'])('%s is refused', (given) => expect(() => importSource(given, [], 'treework')).toThrow(/Unexpected address/));

  it.each([
    ['https://me:secret@host.org/ann/reports.git', [], 'ann'],
    ['git@host:ann/reports.git', ['ann'], 'ann-reports'],
    ['git@host:ann/reports.git', ['Ann', 'ann-reports'], 'ann-2'],
    ['/srv/git/the reports.git/', [], 'the-reports'],
    ['file:///srv/$(id)', [], 'id'],
  ])('a remote for %s is called %j -> %s', (url, taken, name) => expect(remoteNameFor(url, taken)).toBe(name));
});

describe('import', () => {
  let team: Team;
  const run = (...args: string[]): Imported => JSON.parse(team.sandbox.treework('home', 'import', '--json', ...args).stdout) as Imported;
  const offer = (branch: string, from = 'mate') => team.git(from, 'push', '-q', '-f', 'origin', `HEAD:refs/heads/${branch}`);

  beforeAll(() => {
    team = new Team();
    team.commit('mate', { 'c.txt': 'c\n' });
  });
  afterAll(() => team.remove());

  it('K7: a teammate’s branch that this clone has never heard of, with its ticket, and follows it', () => {
    offer('PROJ-7--reports');
    const told = run('PROJ-7--reports');
    expect(told).toMatchObject({ ok: true, ticket: 'PROJ-7', path: team.at('home.trees/PROJ-7-reports'), upstream: 'origin/PROJ-7--reports', state: 'checked-out' });
    expect(team.git('home.trees/PROJ-7-reports', 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/PROJ-7--reports');
    expect(run('origin/PROJ-7--reports')).toMatchObject({ path: told.path, state: 'resumed' });
    const tip = team.push('PROJ-7--reports', { 'd.txt': 'd\n' });
    expect(team.sync().moved).toBe(1);
    expect(team.git('home.trees/PROJ-7-reports', 'rev-parse', 'HEAD')).toBe(tip);
  });

  it('K7: one of another repository; its remote is recorded, and sync goes on from there', () => {
    team.git('', 'clone', '-q', '--bare', 'mate', 'elsewhere.git');
    team.git('elsewhere.git', 'branch', 'ann/PROJ-8-Ä$(id)');
    team.git('elsewhere.git', 'branch', 'other');
    const told = run('../elsewhere.git#ann/PROJ-8-Ä$(id)', '--ticket', 'PROJ-9');
    expect(told).toMatchObject({ ok: true, ticket: 'PROJ-9', branch: 'ann/PROJ-8-Ä$(id)', remote_added: 'elsewhere' });
    expect(team.git('home', 'for-each-ref', '--format=%(refname)', 'refs/remotes/elsewhere')).toBe('refs/remotes/elsewhere/ann/PROJ-8-Ä$(id)');
    expect(team.git('home', 'config', 'branch.ann/PROJ-8-Ä$(id).treework-ticket')).toBe('PROJ-9');
    expect(told.path.slice(team.sandbox.root.length)).toMatch(/^\/home\.trees\/[A-Za-z0-9-]+$/);
    expect(team.sync()).toMatchObject({ status: 0 });
    expect(run(`${team.at('elsewhere.git')}#other`)).toMatchObject({ ok: true, ticket: null, upstream: 'elsewhere/other', path: team.at('home.trees/import-other') });
    expect(team.git('home', 'config', '--get-all', 'remote.elsewhere.fetch').split('\n')).toHaveLength(2);
  });

  it('K7: collisions are refused by name, and nothing is left', () => {
    for (const branch of ['taken', 'Proj-1--x', 'deep/er', 'same']) offer(branch);
    for (const branch of ['taken', 'PROJ-1--X', 'deep']) team.git('home', 'branch', branch);
    team.git('home', 'fetch', '-q');
    team.git('home', 'branch', '--no-track', 'same', 'origin/same');
    team.sandbox.write('home.trees/PROJ-5-y', { x: '' });
    offer('PROJ-5--y');
    const before = team.git('home', 'for-each-ref', 'refs/heads');
    const refused = ['taken', 'Proj-1--x', 'deep/er', 'same', 'PROJ-5--y', 'main'].map((branch) => run(branch).error);
    expect(refused.map((error) => error?.message)).toEqual([
      'Unexpected branch "taken" here, another one, expected none of this name',
      'Unexpected branch "PROJ-1--X" here, expected none that stands in the way of "Proj-1--x"',
      'Unexpected branch "deep" here, expected none that stands in the way of "deep/er"',
      'Unexpected branch "same" here, expected it to follow origin/same, where it stands',
      expect.stringMatching(/^Unexpected .*home\.trees\/PROJ-5-y, expected no such folder/),
      'Unexpected 2 remotes with a branch "main": origin, elsewhere, expected one',
    ]);
    expect(refused[0]?.hint).toBe('treework import origin/taken --as NAME');
    expect(team.git('home', 'for-each-ref', 'refs/heads')).toBe(before);
    expect(run('taken', '--as', 'theirs')).toMatchObject({ ok: true, branch: 'theirs', upstream: 'origin/taken' });
    expect(run(`${team.at('elsewhere.git')}2#x`).error?.code).toBe('offline');
    expect(team.git('home', 'remote')).toBe('elsewhere\norigin');
  });

  it.each(['--upload-pack=id', 'a..b', 'HEAD', 'a\u001Bb', ''])('K7: a hostile name is refused: %j', (branch) => {
    const { error } = run('--', branch);
    expect(error?.code).toMatch(/^(?:branch-name|branch-unknown)$/);
  });

  it('K7: unknown here and there, in two places, and offline', () => {
    expect(run('PROJ-7--report').error).toMatchObject({ code: 'branch-unknown', hint: 'did you mean PROJ-7--reports?' });
    team.git('home', 'remote', 'add', 'twin', team.at('server.git'));
    offer('PROJ-6--z');
    expect(run('PROJ-6--z').error).toMatchObject({ code: 'import-ambiguous', message: expect.stringContaining('origin, twin') });
    team.git('home', 'remote', 'remove', 'twin');
    offer('PROJ-4--w');
    team.git('home', 'fetch', '-q');
    team.git('home', 'remote', 'set-url', 'origin', team.at('gone.git'));
    expect(run('origin/PROJ-3--v').error?.code).toBe('offline');
    expect(run('origin/PROJ-4--w')).toMatchObject({ ok: true, stale: expect.stringContaining('gone.git') });
    expect(existsSync(join(team.at('home.trees'), 'PROJ-4-w', 'c.txt'))).toBe(true);
  });
});
