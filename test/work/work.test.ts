import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FOLDER, nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, paste, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function governed(text?: string, files: Readonly<Record<string, string>> = {}): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  workspace(sandbox, 'repo', text);
  if (Object.keys(files).length > 0) {
    sandbox.write('repo', files);
    commitAll(sandbox, 'repo');
  }
  return sandbox;
}

/** Branches, everything else below refs/, worktrees and folders: what a refusal must not change. */
function world(sandbox: Sandbox): string {
  const folders = readdirSync(sandbox.root, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.')).map((entry) => `${entry.name}: ${entry.isDirectory() ? readdirSync(join(sandbox.root, entry.name)).join(' ') : ''}`);
  return [sandbox.git('repo', 'for-each-ref'), sandbox.git('repo', 'worktree', 'list'), sandbox.git('repo', 'config', '--local', '--list'), ...folders].join('\n');
}

function branches(sandbox: Sandbox): string[] {
  return sandbox.git('repo', 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');
}

const contrib = '---\ntreework: 1\nflow: contrib\n---\n';

describe('work', () => {
  it('makes a branch and a worktree beside the repository, and no document', () => {
    const sandbox = governed();
    const { stdout, stderr } = done(sandbox.treework('repo', 'work', 'PROJ-1', '--title', 'Add auth', '--print-path'));
    const path = join(sandbox.root, 'repo.trees/PROJ-1-add-auth');
    expect(stdout).toBe(`${path}\n`);
    expect(stderr).toMatch(/new branch PROJ-1--add-auth/);
    expect(sandbox.git('repo.trees/PROJ-1-add-auth', 'branch', '--show-current').trim()).toBe('PROJ-1--add-auth');
    expect(sandbox.git('repo.trees/PROJ-1-add-auth', 'status', '--porcelain')).toBe('');
    expect(existsSync(join(path, 'docs'))).toBe(false);
    expect(sandbox.git('repo', 'rev-parse', 'refs/treework/bases/PROJ-1--add-auth')).toBe(sandbox.git('repo', 'rev-parse', 'main'));
    expect(sandbox.exists('repo', '.git/treework/operations') && readdirSync(join(sandbox.root, 'repo/.git/treework/operations'))).toEqual([]);
  });

  it('goes on in the worktree that is there, from wherever it is asked, with a next action that runs', () => {
    const sandbox = governed();
    const made = ask(sandbox, 'repo', ['work', 'PROJ-1', '--title', "Add 'auth' & more"]);
    expect(made).toMatchObject({ state: 'created', branch: 'PROJ-1--add-auth-more', ready: true });
    for (const cwd of ['repo', 'repo.trees/PROJ-1-add-auth-more']) expect(ask(sandbox, cwd, ['work', 'proj-1'.toUpperCase()])).toMatchObject({ state: 'resumed', path: made.path });
    expect(ask(sandbox, 'repo.trees/PROJ-1-add-auth-more', ['work']).path).toBe(made.path);
    done(paste(sandbox, made.next_action));
    expect(sandbox.read('repo.trees/PROJ-1-add-auth-more', 'docs/specs/PROJ-1/spec.md')).toMatch(/^title: .*Add 'auth' & more/m);
    done(paste(sandbox, ask(sandbox, 'repo', ['work', 'PROJ-1']).next_action));
  });

  it('says which tickets there are, where none is named', () => {
    const sandbox = governed(undefined, { [`${FOLDER}/spec.md`]: SPEC });
    expect(ask(sandbox, 'repo', ['work'], 2).error).toMatchObject({ code: 'ticket-missing', message: expect.stringContaining('PROJ-7'), hint: 'treework work PROJ-7' });
    expect(ask(sandbox, 'repo', ['work', '7'], 2).error.code).toBe('ticket-form');
  });

  it("takes a tracker's number, and the title of the ticket's own spec", () => {
    const sandbox = governed('---\ntreework: 1\ntickets: {prefix: PROJ}\nworktrees: trees/{repo} {id}/{slug}\n---\n', { [`${FOLDER}/spec.md`]: SPEC, '.gitignore': 'trees\n' });
    expect(ask(sandbox, 'repo', ['work', '#7'])).toMatchObject({ branch: 'PROJ-7--reports-api', path: join(sandbox.root, 'repo/trees/repo PROJ-7/reports-api') });
  });

  it("takes the tracker's title where one is configured, and goes on without one that cannot be asked", () => {
    const sandbox = governed('---\ntreework: 1\nproviders: {ticket-management: my-tracker}\n---\n', { '.gitignore': 'node_modules\n' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1'], 2).error.code).toBe('provider-unknown');
    sandbox.write('repo/node_modules/my-tracker', {
      'package.json': '{"name": "my-tracker", "version": "1.0.0", "type": "module", "exports": "./index.js"}',
      'index.js': `export const provider = { name: 'my-tracker', ports: { 'ticket-management': () => ({ searchTickets: async () => [], createTicket: async () => null, updateTicket: async () => null, getTicket: async ({ id }) => { if (id === 'PROJ-7') throw new Error('no network'); return (id === 'PROJ-9' ? { id, title: 'Reports; rm -rf /', body: '', state: 'open', labels: [], author: 'ada', created: '2026-11-20T10:00:00Z', updated: '2026-11-20T10:00:00Z', url: null } : null); } }) } };`,
    });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-9'])).toMatchObject({ branch: 'PROJ-9--reports-rm-rf', next_action: { argv: expect.arrayContaining(['Reports; rm -rf /']) } });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ branch: 'PROJ-7--work', note: expect.stringContaining('no network') });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-8'])).toMatchObject({ branch: 'PROJ-8--work', note: 'the tracker knows no PROJ-8' });
  });

  it('shows what it would make, and makes nothing', () => {
    const sandbox = governed();
    const before = world(sandbox);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1', '--dry-run'])).toMatchObject({ dry_run: true, state: 'created', branch: 'PROJ-1--work' });
    expect(world(sandbox)).toBe(before);
  });
});

describe('branches that carry the id', () => {
  it('takes the only one, from a remote too, and follows it', () => {
    const sandbox = governed();
    sandbox.git('repo', 'branch', 'feature/PROJ-7-x');
    sandbox.git('repo', 'branch', 'feature/PROJ-77-y');
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ state: 'checked-out', branch: 'feature/PROJ-7-x', path: join(sandbox.root, 'repo.trees/PROJ-7-x') });
    sandbox.git('', 'clone', '-q', 'repo', 'clone');
    expect(ask(sandbox, 'clone', ['work', 'PROJ-77'])).toMatchObject({ state: 'checked-out', branch: 'feature/PROJ-77-y', path: join(sandbox.root, 'clone.trees/PROJ-77-y') });
    expect(sandbox.git('clone', 'rev-parse', '--abbrev-ref', 'feature/PROJ-77-y@{upstream}').trim()).toBe('origin/feature/PROJ-77-y');
  });

  it('lists several with the exact commands, and takes the one that is named', () => {
    const sandbox = governed();
    for (const name of ['feature/PROJ-7-x', 'PROJ-7--reports']) sandbox.git('repo', 'branch', name);
    const before = world(sandbox);
    const { error } = ask(sandbox, 'repo', ['work', 'PROJ-7'], 2);
    expect(error.code).toBe('branch-ambiguous');
    expect(world(sandbox)).toBe(before);
    const command = error.hint.split('\n').find((line: string) => line.includes('feature/'))?.trim();
    expect(command).toBe('treework work PROJ-7 --branch feature/PROJ-7-x');
    done(sandbox.run('sh', ['-c', command], { cwd: 'repo' }));
    expect(sandbox.git('repo.trees/PROJ-7-x', 'branch', '--show-current').trim()).toBe('feature/PROJ-7-x');
    // Now one of them is open.
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ state: 'resumed', branch: 'feature/PROJ-7-x' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7', '--branch', 'somebody/elses'], 2).error.code).toBe('branch-unknown');
  });

  it('makes a worktree anew whose folder somebody deleted', () => {
    const sandbox = governed();
    const { path } = ask(sandbox, 'repo', ['work', 'PROJ-7']);
    rmSync(path, { recursive: true });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ state: 'checked-out', path });
    sandbox.git('repo', 'worktree', 'lock', path);
    rmSync(path, { recursive: true });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'], 2).error.code).toBe('worktree-locked');
  });

  it('finds the branch that is being rebased', () => {
    const sandbox = governed();
    const { path } = ask(sandbox, 'repo', ['work', 'PROJ-7']);
    sandbox.write('repo.trees/PROJ-7-work', { 'README.md': 'ours\n' });
    commitAll(sandbox, 'repo.trees/PROJ-7-work');
    sandbox.write('repo', { 'README.md': 'theirs\n' });
    commitAll(sandbox, 'repo');
    expect(sandbox.run('git', ['rebase', 'main'], { cwd: 'repo.trees/PROJ-7-work' }).status).toBe(1);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ state: 'resumed', path, branch: 'PROJ-7--work' });
  });
});

describe('where a branch begins', () => {
  it('O11: contrib has a base for each type', () => {
    const sandbox = governed(contrib);
    for (const name of ['develop', 'contrib/dev']) {
      sandbox.git('repo', 'switch', '-q', '-c', name);
      sandbox.git('repo', 'commit', '-q', '--allow-empty', '-m', name);
    }
    const tip = (name: string) => sandbox.git('repo', 'rev-parse', name).trim();
    const feature = ask(sandbox, 'repo', ['work', 'PROJ-1', '--title', 'Add auth']);
    expect(feature.branch).toMatch(/^feature\/\d{8}T\d{6}Z_PROJ-1--add-auth$/);
    expect(feature).toMatchObject({ base: tip('contrib/dev'), path: join(sandbox.root, 'repo.trees/PROJ-1-add-auth') });
    sandbox.git('repo', 'tag', 'v1.3.0', 'main');
    expect(ask(sandbox, 'repo', ['work', 'REL-1', '--type', 'release'], 2).error).toMatchObject({ code: 'version-missing', hint: 'treework work REL-1 --type release --version 1.4.0' });
    expect(ask(sandbox, 'repo', ['work', 'FIX-8', '--type', 'hotfix', '--dry-run'])).toMatchObject({ branch: 'hotfix/1.3.1' });
    sandbox.git('repo', 'switch', '-q', 'develop');
    sandbox.write('repo', { 'more.txt': 'more\n' });
    sandbox.git('repo', 'add', 'more.txt');
    sandbox.git('repo', 'commit', '-q', '-m', 'feat: more');
    expect(ask(sandbox, 'repo', ['work', 'REL-1', '--type', 'release', '--dry-run'])).toMatchObject({ branch: 'release/1.4.0' });
    sandbox.git('repo', 'switch', '-q', 'contrib/dev');
    const release = ask(sandbox, 'repo', ['work', 'REL-1', '--type', 'release', '--version', 'v1.4.0']);
    expect(release).toMatchObject({ branch: 'release/1.4.0', base: tip('develop'), path: join(sandbox.root, 'repo.trees/REL-1-release-1-4-0') });
    expect(ask(sandbox, 'repo', ['work', 'FIX-9', '--type', 'hotfix', '--version', '1.3.1'])).toMatchObject({ branch: 'hotfix/1.3.1', base: tip('main') });
    // Their names do not say the ticket, and it is found again.
    expect(ask(sandbox, 'repo', ['work', 'REL-1'])).toMatchObject({ state: 'resumed', path: release.path });
    expect(ask(sandbox, 'repo.trees/PROJ-1-add-auth', ['work']).path).toBe(feature.path);
  });

  it('takes what the remote has of the trunk, unless there is more here', () => {
    const sandbox = governed();
    sandbox.git('', 'clone', '-q', 'repo', 'clone');
    sandbox.git('repo', 'commit', '-q', '--allow-empty', '-m', 'feat: of a colleague');
    sandbox.git('clone', 'fetch', '-q');
    expect(ask(sandbox, 'clone', ['work', 'PROJ-1']).base).toBe(sandbox.git('repo', 'rev-parse', 'main').trim());
    sandbox.git('clone', 'commit', '-q', '--allow-empty', '-m', 'feat: of mine');
    expect(ask(sandbox, 'clone', ['work', 'PROJ-2']).base).toBe(sandbox.git('clone', 'rev-parse', 'main').trim());
  });

  it('K2: a stacked branch has its parent recorded, in git’s configuration until there is a spec', () => {
    const sandbox = governed();
    ask(sandbox, 'repo', ['work', 'PROJ-1', '--title', 'First']);
    sandbox.write('repo.trees/PROJ-1-first', { 'a.txt': 'a\n', 'docs/specs/PROJ-3/spec.md': specOf('The system SHALL stack.', 'PROJ-3') });
    commitAll(sandbox, 'repo.trees/PROJ-1-first');
    const tip = sandbox.git('repo', 'rev-parse', 'PROJ-1--first').trim();
    const second = ask(sandbox, 'repo.trees/PROJ-1-first', ['work', 'PROJ-2', '--stack']);
    expect(second).toMatchObject({ parent: 'PROJ-1--first', stacked_on: 'PROJ-1', base: tip });
    expect(sandbox.git('repo', 'config', 'branch.PROJ-2--work.treework-parent').trim()).toBe('PROJ-1--first');
    expect(sandbox.git('repo', 'rev-parse', 'refs/treework/bases/PROJ-2--work').trim()).toBe(tip);
    done(paste(sandbox, second.next_action));
    expect(sandbox.read('repo.trees/PROJ-2-work', 'docs/specs/PROJ-2/spec.md')).toMatch(/^stacked_on: PROJ-1$/m);
    const third = ask(sandbox, 'repo.trees/PROJ-1-first', ['work', 'PROJ-3', '--stack']);
    expect(sandbox.read('repo.trees/PROJ-3-reports-api', 'docs/specs/PROJ-3/spec.md')).toMatch(/^stacked_on: PROJ-1$/m);
    expect(sandbox.run('git', ['config', 'branch.PROJ-3--reports-api.treework-parent'], { cwd: 'repo' }).status).toBe(1);
    expect(third.next_action.command).toMatch(/git commit/);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-4', '--stack'], 2).error).toMatchObject({ code: 'stack-base', hint: 'leave out --stack' });
  });

  it('makes one more part of the same ticket, on top of the part below', () => {
    const sandbox = governed();
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1', '--part', '2'], 2).error).toMatchObject({ code: 'part-missing', hint: 'treework work PROJ-1 --part 1' });
    ask(sandbox, 'repo', ['work', 'PROJ-1', '--part', '1', '--title', 'Data']);
    expect(ask(sandbox, 'repo.trees/PROJ-1-p1-data', ['work', 'PROJ-1', '--stack', '--title', 'Routes'])).toMatchObject({ branch: 'PROJ-1--p2-routes', parent: 'PROJ-1--p1-data' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1', '--part', '3'])).toMatchObject({ branch: 'PROJ-1--p3-routes', parent: 'PROJ-1--p2-routes' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1', '--part', '2'])).toMatchObject({ state: 'resumed', branch: 'PROJ-1--p2-routes' });
    expect(ask(sandbox, 'repo.trees/PROJ-1-p1-data', ['work', 'PROJ-1'])).toMatchObject({ branch: 'PROJ-1--p1-data' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1'], 2).error.hint).toMatch(/--branch PROJ-1--p3-routes {3}# in /);
  });

  it("gives a second agent a worktree for one node, where node start works, beside the ticket's own", () => {
    const sandbox = governed(undefined, { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7', '--node', 'build'], 2).error).toMatchObject({ code: 'branch-missing', hint: 'treework work PROJ-7' });
    const own = ask(sandbox, 'repo', ['work', 'PROJ-7']);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7', '--node', 'biuld'], 2).error).toMatchObject({ code: 'node-unknown', hint: '--node build' });
    const second = ask(sandbox, 'repo', ['work', 'PROJ-7', '--node', 'build']);
    expect(second).toMatchObject({ branch: 'PROJ-7--@build', parent: 'PROJ-7--reports-api', path: join(sandbox.root, 'repo.trees/PROJ-7-@build') });
    done(paste(sandbox, second.next_action));
    expect(sandbox.exists('repo.trees/PROJ-7-@build', `${FOLDER}/nodes/build.md`)).toBe(true);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'])).toMatchObject({ path: own.path });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7', '--node', 'build'])).toMatchObject({ state: 'resumed', path: second.path });
  });

  it('refuses what is archived', () => {
    const sandbox = governed(undefined, { 'docs/specs/ARCHIVED/PROJ-7/spec.md': SPEC });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-7'], 2).error.code).toBe('ticket-archived');
    expect(branches(sandbox)).toEqual(['main']);
  });
});

describe('hooks', () => {
  it('live in the worktree at once', () => {
    const sandbox = governed(undefined, { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    done(sandbox.treework('repo', 'hooks'));
    const { path } = ask(sandbox, 'repo', ['work', 'PROJ-7']);
    const tree = path.slice(sandbox.root.length + 1);
    sandbox.write(tree, { [`${FOLDER}/spec.md`]: SPEC.replace('401', '403') });
    const commit = sandbox.run('git', ['commit', '-q', '-a', '-m', 'feat: other'], { cwd: tree });
    expect(commit).toMatchObject({ status: 1, output: expect.stringContaining('spec-frozen') });
  });
});

describe('O11: what fails half-way leaves nothing behind', () => {
  it.each<[string, (sandbox: Sandbox) => void, readonly string[]]>([
    ['a folder in its place', (sandbox) => sandbox.write('repo.trees/PROJ-1-work', { 'mine.txt': 'mine\n' }), []],
    ['a branch in the way of its name', (sandbox) => void sandbox.git('repo', 'branch', 'PROJ-1--x/y'), ['--branch', 'PROJ-1--x']],
    ['a place that cannot be made', (sandbox) => sandbox.write('', { 'repo.trees': 'a file\n' }), []],
    ['a hook of the user’s that refuses', (sandbox) => {
      sandbox.write('repo/.git/hooks', { 'post-checkout': '#!/bin/sh\nexit 3\n' });
      chmodSync(join(sandbox.root, 'repo/.git/hooks/post-checkout'), 0o755);
    }, []],
    ['a name that git does not take', () => {}, ['--branch', 'PROJ-1--a..b']],
    ['a name that would be an option', () => {}, ['--branch=-PROJ-1']],
    ['a filter that fails', (sandbox) => {
      sandbox.git('repo', 'config', 'filter.bad.clean', 'cat');
      sandbox.git('repo', 'config', 'filter.bad.smudge', 'false');
      sandbox.git('repo', 'config', 'filter.bad.required', 'true');
      sandbox.write('repo', { '.gitattributes': '*.txt filter=bad\n', 'a.txt': 'a\n' });
      commitAll(sandbox, 'repo');
    }, []],
  ])('%s', (_, prepare, more) => {
    const sandbox = governed();
    mkdirSync(join(sandbox.root, 'repo/.git/treework/operations'), { recursive: true });
    prepare(sandbox);
    const before = world(sandbox);
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1', ...more], 2).error.hint).not.toBe('');
    expect(world(sandbox)).toBe(before);
    expect(readdirSync(join(sandbox.root, 'repo/.git/treework/operations'))).toEqual([]);
  });

  it('a repository without a commit', () => {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    sandbox.git('', 'init', '-q', 'repo');
    sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expect(ask(sandbox, 'repo', ['work', 'PROJ-1'], 2).error.code).toBe('no-commit');
  });
});

describe('odd places', () => {
  it('works with quotes and spaces in names, SHA-256, a bare main and a subfolder', () => {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    sandbox.git('', 'init', '-q', '--object-format=sha256', "se'ed");
    sandbox.write("se'ed", { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'sub dir/a.txt': 'a\r\n' });
    commitAll(sandbox, "se'ed");
    sandbox.git('', 'clone', '-q', '--bare', "se'ed", 'my repo.git');
    sandbox.git('my repo.git', 'worktree', 'add', '-q', "../it's main", 'main');
    const { path } = ask(sandbox, "it's main/sub dir", ['work', 'PROJ-1', '--title', 'Größe']);
    expect(path).toBe(join(sandbox.root, 'my repo.trees/PROJ-1-grosse'));
    expect(sandbox.treework("it's main/sub dir", 'work', 'PROJ-1', '--print-path').stdout).toBe(`${path}\n`);
    expect(sandbox.treework('my repo.trees/PROJ-1-grosse', 'work').stdout).toContain('PROJ-1 is in ');
  });
});
