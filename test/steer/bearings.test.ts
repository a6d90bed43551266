import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { takeBearings, ticketAt } from '../../src/commands/take-bearings.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import type { Bearings } from '../../src/workflow/bearings.ts';
import { branchType } from '../../src/workflow/branch-names.ts';
import { skillsFor } from '../../src/workflow/skills-for.ts';
import { phaseOf, situationOf, type PhaseName } from '../../src/workflow/workflow-phase.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { record, ticket as ticketWith } from '../changes/documents.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { DONE, FAIL, PASS, recordOf, SPEC, START, tasksOf } from '../lifecycle/tickets.ts';
import { commitAll, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** A repository with two tickets on its trunk, and PROJ-7's branch in a linked work tree. */
function twoTickets(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.prepare('two tickets', ['repo'], () => {
    workspace(sandbox, 'repo', '---\ntreework: 1\nbranches: {hotfix: "fix/{slug}"}\n---\n');
    const spec = (id: string) => `---\nticket: ${id}\ntitle: ${id}\n---\n`;
    sandbox.write('repo', { 'docs/specs/PROJ-7/spec.md': spec('PROJ-7'), 'docs/specs/PROJ-7/nodes/.gitkeep': '', 'docs/specs/PROJ-8/spec.md': spec('PROJ-8'), 'docs/specs/ARCHIVED/PROJ-1/spec.md': spec('PROJ-1'), 'src/a b/x.ts': '' });
    commitAll(sandbox, 'repo');
  });
  return sandbox;
}

function bearings(sandbox: Sandbox, cwd: string, values = {}): Bearings {
  return takeBearings(openWorkspace({ cwd: join(sandbox.root, cwd), program: 'treework' }), { values });
}

describe('O1: where one stands', () => {
  it('is right at the root of the main work tree and in its folders: with several tickets none is taken for the first', () => {
    const sandbox = twoTickets();
    const at = bearings(sandbox, 'repo');
    expect(at).toEqual({ repository: 'repo', worktree: { kind: 'main', root: join(sandbox.root, 'repo') }, folder: '', branch: 'main', commit: undefined, operation: undefined, type: 'trunk', part: undefined, ticket: { id: undefined, candidates: [], open: ['PROJ-7', 'PROJ-8'] } });
    expect(bearings(sandbox, 'repo/src/a b')).toEqual({ ...at, folder: 'src/a b' });
  });

  it('is right at the root of a linked work tree and in its folders, also where a link leads there', () => {
    const sandbox = twoTickets();
    sandbox.git('repo', 'worktree', 'add', '-q', '-b', 'PROJ-7--p2-token', '../trees of repo/PROJ-7-token');
    const root = join(sandbox.root, 'trees of repo/PROJ-7-token');
    const expected = { repository: 'repo', worktree: { kind: 'linked', root }, branch: 'PROJ-7--p2-token', type: 'stack', part: 2, ticket: { id: 'PROJ-7', from: 'branch' } };
    expect(bearings(sandbox, 'trees of repo/PROJ-7-token')).toMatchObject({ ...expected, folder: '' });
    expect(bearings(sandbox, 'trees of repo/PROJ-7-token/src')).toMatchObject({ ...expected, folder: 'src' });
    symlinkSync(join(root, 'src/a b'), join(sandbox.root, 'there'));
    expect(bearings(sandbox, 'there')).toMatchObject({ ...expected, folder: 'src/a b' });
    symlinkSync(join(sandbox.root, 'repo/src'), join(sandbox.root, 'main-src'));
    expect(bearings(sandbox, 'main-src')).toMatchObject({ worktree: { kind: 'main', root: join(sandbox.root, 'repo') }, folder: 'src' });
  });

  it('knows the ticket by the folder it is in, archived ones too, and says both where branch and folder disagree', () => {
    const sandbox = twoTickets();
    expect(bearings(sandbox, 'repo/docs/specs/PROJ-8').ticket).toEqual({ id: 'PROJ-8', from: 'folder' });
    expect(bearings(sandbox, 'repo/docs/specs/PROJ-7/nodes').ticket).toEqual({ id: 'PROJ-7', from: 'folder' });
    expect(bearings(sandbox, 'repo/docs/specs/ARCHIVED/PROJ-1').ticket).toEqual({ id: 'PROJ-1', from: 'folder' });
    expect(bearings(sandbox, 'repo/docs/specs').ticket.id).toBeUndefined();
    sandbox.git('repo', 'checkout', '-q', '-b', 'feature/PROJ-7-token');
    const torn = bearings(sandbox, 'repo/docs/specs/PROJ-8');
    expect(torn).toMatchObject({ type: 'feature', ticket: { id: undefined, candidates: [{ id: 'PROJ-8', from: 'folder' }, { id: 'PROJ-7', from: 'branch' }] } });
    expect(() => ticketAt(torn, openWorkspace({ cwd: join(sandbox.root, 'repo'), program: 'treework' }))).toThrow('Unexpected two tickets, PROJ-8 (the current folder) and PROJ-7 (the branch), expected one');
    expect(bearings(sandbox, 'repo/docs/specs/PROJ-8', { ticket: 'PROJ-7' }).ticket).toEqual({ id: 'PROJ-7', from: 'option' });
  });

  it('says the commit of a detached HEAD, and keeps the branch that a rebase or a bisection has left', () => {
    const sandbox = twoTickets();
    const head = sandbox.git('repo', 'rev-parse', 'HEAD').trim();
    sandbox.git('repo', 'checkout', '-q', '--detach');
    expect(bearings(sandbox, 'repo')).toMatchObject({ branch: undefined, commit: head, type: 'detached', operation: undefined });
    sandbox.git('repo', 'checkout', '-q', '-b', 'PROJ-8--limits');
    sandbox.write('repo', { 'src/a b/x.ts': 'branch\n' });
    commitAll(sandbox, 'repo');
    sandbox.git('repo', 'checkout', '-q', 'main');
    sandbox.write('repo', { 'src/a b/x.ts': 'trunk\n' });
    commitAll(sandbox, 'repo');
    sandbox.run('git', ['rebase', '-q', 'main', 'PROJ-8--limits'], { cwd: 'repo' });
    expect(bearings(sandbox, 'repo')).toMatchObject({ branch: 'PROJ-8--limits', commit: expect.stringMatching(/^[0-9a-f]{40}$/), operation: 'rebase', type: 'feature', ticket: { id: 'PROJ-8', from: 'branch' } });
    sandbox.git('repo', 'rebase', '--abort');
    sandbox.git('repo', 'bisect', 'start', 'HEAD', 'HEAD~1');
    expect(bearings(sandbox, 'repo')).toMatchObject({ branch: 'PROJ-8--limits', operation: 'bisect' });
  });

  it('refuses a bare repository and a folder outside any, and stands in a work tree of a bare one', () => {
    const sandbox = twoTickets();
    sandbox.git('', 'clone', '-q', '--bare', 'repo', 'shared.git');
    sandbox.git('shared.git', 'worktree', 'add', '-q', '../tree', 'main');
    expect(bearings(sandbox, 'tree')).toMatchObject({ repository: 'shared', worktree: { kind: 'linked' }, type: 'trunk' });
    expect(() => bearings(sandbox, 'shared.git')).toThrow('Unexpected bare repository, expected a work tree');
    expect(() => bearings(sandbox, '.home')).toThrow(/expected one inside a git repository/);
  });

  it('knows the trunk before the first commit, by the remote, and by WORKSPACE.md', () => {
    const sandbox = twoTickets();
    sandbox.git('', 'init', '-q', '-b', 'master', 'new');
    sandbox.write('new', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expect(bearings(sandbox, 'new')).toMatchObject({ branch: 'master', type: 'trunk', ticket: { open: [] } });
    sandbox.git('repo', 'branch', '-m', 'main', 'production');
    sandbox.git('', 'clone', '-q', 'repo', 'clone');
    expect(bearings(sandbox, 'clone').type).toBe('trunk');
    expect(bearings(sandbox, 'repo').type).toBe('other');
    sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nbranches: {trunk: production}\n---\n' });
    expect(bearings(sandbox, 'repo').type).toBe('trunk');
  });
});

it.each([
  ['PROJ-7--token', 'trunk', 'feature'],
  ['PROJ-7--p3-token', 'trunk', 'stack'],
  ['feature/PROJ-7-x', 'trunk', 'feature'],
  ['release/1.2', 'trunk', 'release'],
  ['hotfix/PROJ-9-login', 'trunk', 'hotfix'],
  ['main', 'trunk', 'trunk'],
  ['try-things', 'trunk', 'other'],
  ['develop', 'contrib', 'develop'],
  ['develop', 'trunk', 'other'],
  ['contrib/dana', 'contrib', 'contrib'],
  ['feature/20261120_reports', 'contrib', 'feature'],
])('branch %s in flow %s is of type %s', (name, flow, type) => {
  expect(branchType(name, settingsOf({ flow }), 'main', /PROJ/.test(name) ? 'PROJ-7' : undefined)).toBe(type);
});

describe('how far a ticket has come, and the skills for it', () => {
  const NODES = '[{id: design, title: Design, nodes: [{id: api, covers: none}, {id: data, covers: none}]}, {id: build, depends_on: [design]}]';
  const file = (node: string, ...entries: string[]) => ({ [`nodes/${node}.md`]: recordOf(node, entries, undefined, /done|complete/.test(entries.at(-1) ?? '') ? 'Made' : '') });
  const plan = { 'spec.md': SPEC, 'tasks.md': tasksOf(NODES) };
  const pass = PASS.replace(/, covered.*\}/, '}');
  const complete = (node: string) => file(node, START, node === 'build' ? PASS : pass);
  const FORK = '---\nreason: no limiter\nspawned_from: build\nreturn_to: build\nsub_workflow: PROJ-9\n---\n';

  it.each<[string, Record<string, string> | undefined, PhaseName, readonly string[], object]>([
    ['no folder', undefined, 'none', ['plan'], { shape: 'one-shot' }],
    ['an idea', { 'idea.md': '---\nticket: PROJ-7\ntitle: x\n---\n' }, 'drafting', ['plan'], { shape: 'one-shot' }],
    ['a spec with unfilled places', { 'spec.md': `${SPEC}[[fill: more]]\n` }, 'drafting', ['plan'], {}],
    ['a spec', { 'spec.md': SPEC }, 'specified', ['plan'], {}],
    ['a plan', plan, 'frozen', ['implement'], { shape: 'workflow', within: 'design', wave: undefined }],
    ['an operation', { ...plan, 'tasks.md': plan['tasks.md'].replace('nodes:', 'shape: operation\nnodes:') }, 'frozen', ['implement'], { shape: 'operation' }],
    ['a node in progress', { ...plan, ...file('api', START.replace('wave: 1', 'wave: 3')) }, 'working', ['implement'], { wave: 3, within: 'design' }],
    ['one done, one failed', { ...plan, ...file('api', START, DONE), ...file('data', START, FAIL) }, 'working', ['implement'], { wave: 1 }],
    ['all begun is done', { ...plan, ...file('api', START, DONE) }, 'awaiting-qa', ['review'], {}],
    ['the last phase', { ...plan, ...complete('api'), ...complete('data') }, 'working', ['implement'], { within: undefined, wave: 1 }],
    ['everything complete', { ...plan, ...complete('api'), ...complete('data'), ...complete('build') }, 'done', ['retro', 'archive'], {}],
    ['a proposed change', { ...plan, 'changes/001-x.md': record('proposed', '') }, 'frozen', ['change', 'implement'], {}],
    ['an open fork that holds up what is left', { ...plan, ...complete('api'), ...complete('data'), 'forks/001-x.md': FORK }, 'blocked', ['fork', 'next'], {}],
  ])('%s', (_, files, name, skills, more) => {
    const ticket = files && ticketWith(files);
    const status = () => ticketStatus(ticket as NonNullable<typeof ticket>);
    expect(phaseOf(ticket, status)).toMatchObject({ name, ...more });
    expect(skillsFor(situationOf(ticket, status))).toEqual(skills);
  });

  it('is not asked of the nodes while the spec is open, and is the trunk’s where no ticket is in hand', () => {
    expect(phaseOf(ticketWith({ 'spec.md': SPEC }), () => expect.unreachable()).name).toBe('specified');
    expect(skillsFor({ phase: 'trunk', isProposed: false, isForked: false })).toEqual(['work', 'next']);
  });
});
