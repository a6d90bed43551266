import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, FOLDER, frozen, json, SPEC, status, workspace, WORKSPACE } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

describe('where a verb runs', () => {
  it('a linked worktree says the ticket, and keeps its own lock and drafts', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8') });
    commitAll(sandbox, repository);
    expect(ask(sandbox, repository, ['unfreeze'], 2).error).toMatchObject({ code: 'ticket-ambiguous', message: expect.stringContaining('PROJ-7, PROJ-8') });
    sandbox.git(repository, 'worktree', 'add', '-q', '../PROJ-8-more reports', '-b', 'some-branch');
    const linked = 'PROJ-8-more reports';
    expect(ask(sandbox, linked, ['new', 'tasks', '--why', 'x'])).toMatchObject({ ticket: 'PROJ-8' });
    sandbox.git(linked, 'switch', '-q', '-c', 'PROJ-7--p2-api');
    expect(ask(sandbox, linked, ['change', 'list'], 2).error).toMatchObject({ code: 'ticket-ambiguous', message: expect.stringMatching(/PROJ-7.*PROJ-8/) });
    expect(ask(sandbox, `${linked}/docs/specs`, ['change', 'list', '--ticket', 'PROJ-7']).changes).toEqual([]);
    expect(status(sandbox, repository)).toBe('');
  });

  it('the folder of a ticket says it', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\n---\n' });
    expect(ask(sandbox, `${repository}/docs/specs/PROJ-8`, ['new', 'spec', '--title', 'x'])).toMatchObject({
      path: 'docs/specs/PROJ-8/spec.md',
      next_action: { argv: ['sh', '-c', "git add -- spec.md && git commit -m 'docs(PROJ-8): write the spec' -- spec.md"] },
    });
  });

  it('a repository before its first commit, of either object format', () => {
    for (const format of ['sha1', 'sha256']) {
      sandbox.write(format, { 'WORKSPACE.md': WORKSPACE, [`${FOLDER}/spec.md`]: SPEC });
      sandbox.git(format, 'init', '-q', `--object-format=${format}`);
      ask(sandbox, format, ['new', 'tasks', '--why', 'x']);
      commitAll(sandbox, format);
      sandbox.write(format, { [`${FOLDER}/spec.md`]: SPEC.replace('401', '403') });
      const { path } = ask(sandbox, format, ['new', 'change', '--from-edit', '--by', 'impl-1']);
      sandbox.write(format, { [path]: sandbox.read(format, path).replace(/\[\[fill: .*\]\]/, 'none') });
      ask(sandbox, format, ['change', 'accept', '1', '--by', 'review-1']);
      expect(sandbox.treework(format, 'check', '--all').status).toBe(0);
    }
  });

  it('a repository without a work tree is refused', () => {
    sandbox.run('git', ['init', '-q', '--bare', 'server.git']);
    expect(ask(sandbox, 'server.git', ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error.code).toBe('bare');
  });
});

describe('who acts, and when', () => {
  const edit = ['new', 'change', '--impact', 'additive', '--title', 'x', '--dry-run', '--json'];
  const proposed = (repository: string, env: NodeJS.ProcessEnv, args: readonly string[] = edit): string =>
    /by: (.*)\n {4}at: (.*)/.exec(json(sandbox.run('treework', args, { cwd: repository, env })).edits[0].content)?.slice(1).join(' ') as string;

  it('--by, else TREEWORK_ACTOR, else email and worktree; TREEWORK_NOW stands in for the clock', () => {
    const repository = frozen(sandbox);
    const env = { TREEWORK_NOW: '2026-11-20T10:30:00Z' };
    expect(proposed(repository, env)).toBe('dev@example.com/repo "2026-11-20T10:30:00Z"');
    expect(proposed(repository, { ...env, TREEWORK_ACTOR: 'impl: 1' })).toBe('"impl: 1" "2026-11-20T10:30:00Z"');
    expect(proposed(repository, { ...env, TREEWORK_ACTOR: 'impl-1' }, [...edit, '--by', 'impl-2'])).toBe('impl-2 "2026-11-20T10:30:00Z"');
    expect(basename(join(sandbox.root, repository))).toBe('repo');
  });

  it('is wrong use when nobody says', () => {
    const repository = frozen(sandbox);
    const settings = { GIT_CONFIG_COUNT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
    expect(json(sandbox.run('treework', edit, { cwd: repository, env: settings })).error.code).toBe('actor');
    expect(json(sandbox.run('treework', edit, { cwd: repository, env: { TREEWORK_NOW: 'soon' } })).error.code).toBe('clock');
  });
});

it('new spec lists the capabilities there are', () => {
  const repository = workspace(sandbox);
  sandbox.write(repository, { 'docs/capabilities/reports.md': '# Reports\n', 'docs/capabilities/auth.md': '# Auth\n' });
  expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x', '--dry-run']).capabilities).toEqual(['auth', 'reports']);
});
