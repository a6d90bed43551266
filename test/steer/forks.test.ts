import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { specOf, tasksOf, finishedAt, SPEC, pin } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste, status, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function box(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return sandbox;
}

const PLAN = 'nodes: [{id: design, covers: none, nodes: [{id: sketch, covers: none}, {id: decide, covers: none}]}, {id: build, scope: ["src/**"]}, {id: docs, covers: none, depends_on: [build]}]';

/** PROJ-7 on its branch with three nodes, `build` started by impl-1; everything committed. */
function started(name = 'repo'): { sandbox: Sandbox; repository: string; fork: (...args: string[]) => ReturnType<typeof ask>; refused: (...args: string[]) => { code: string; message: string; hint: string } } {
  const sandbox = box();
  const repository = frozen(sandbox, name);
  sandbox.git(repository, 'switch', '-q', '-c', 'PROJ-7--reports');
  const tasks = sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `${PLAN}\n---`);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: tasks });
  commitAll(sandbox, repository);
  ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-1']);
  commitAll(sandbox, repository);
  const args = (rest: string[]) => ['fork', ...rest, '--ticket', 'PROJ-7'];
  return { sandbox, repository, fork: (...rest) => ask(sandbox, repository, args(rest)), refused: (...rest) => ask(sandbox, repository, args(rest), 2).error };
}

/** What `node start` says about a node: `free`, or why it cannot be begun. */
function startable(sandbox: Sandbox, repository: string, node: string): string {
  const answer = sandbox.treework(repository, 'node', 'start', node, '--ticket', 'PROJ-7', '--by', 'impl-1', '--dry-run', '--json');
  const object = JSON.parse(answer.stdout) as { ok: boolean; error?: { code: string; message: string } };
  return object.ok ? 'free' : (object.error?.message ?? '');
}

/** The sub-ticket finished and archived on its own branch, as a person would do it by hand, and that branch merged with plain git. */
function finish(sandbox: Sandbox, repository: string, sub: string, base = 'HEAD'): void {
  const back = sandbox.git(repository, 'branch', '--show-current').trim();
  sandbox.git(repository, 'switch', '-q', '-c', `${sub}--work`, base);
  const spec = specOf('The system SHALL allow ten requests a second.', sub);
  const archived = `docs/specs/ARCHIVED/${sub}`;
  const files = finishedAt(archived);
  const own = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('PROJ-7', sub).replaceAll(pin(SPEC), pin(spec))]));
  sandbox.git(repository, 'rm', '-rq', '--ignore-unmatch', `docs/specs/${sub}`);
  sandbox.write(repository, { [`${archived}/spec.md`]: spec, ...own });
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', `docs(${sub}): archive`);
  sandbox.git(repository, 'switch', '-q', back);
  sandbox.git(repository, 'merge', '-q', '--no-ff', '-m', `merge ${sub}`, `${sub}--work`);
}

it('opens a fork: one document, the draft of a ticket with the reason in it, and the node waits', () => {
  const { sandbox, repository, fork } = started();
  const opened = fork('open', 'build', '--reason', 'There is no rate limiter', '--title', 'Rate limiter');
  expect(opened).toMatchObject({ ticket: 'PROJ-7', fork: '001-rate-limiter', spawned_from: 'build', return_to: 'build', status: 'open', sub_workflow: expect.stringMatching(/^rate-limiter-[a-z0-9]{4}$/) });
  const { sub_workflow: sub } = opened;
  expect(opened.created).toEqual([`${FOLDER}/forks/001-rate-limiter.md`, `docs/specs/${sub}/spec.md`]);
  expect(parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/forks/001-rate-limiter.md`))).data).toEqual({ reason: 'There is no rate limiter', spawned_from: 'build', return_to: 'build', sub_workflow: sub });
  const spec = sandbox.read(repository, `docs/specs/${sub}/spec.md`);
  expect(spec).toContain('Fork of PROJ-7 at node build: There is no rate limiter\n');
  expect(startable(sandbox, repository, 'build')).toContain(`held up by ${FOLDER}/forks/001-rate-limiter.md`);
  done(paste(sandbox, opened.next_action));
  expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  // The reason is the why of the new ticket's goal.
  sandbox.write(repository, { [`docs/specs/${sub}/spec.md`]: specOf('The system SHALL allow ten requests a second.', sub).replace('## Requirements', `${spec.split('---\n')[2]?.split('## Requirements')[0]}## Requirements`) });
  ask(sandbox, repository, ['new', 'tasks', '--ticket', sub]);
  expect(parseDocument(Buffer.from(sandbox.read(repository, `docs/specs/${sub}/tasks.md`))).data).toMatchObject({ goal: { why: 'There is no rate limiter' } });
});

it('W3: the parent resumes by itself when the sub-ticket is archived on its branch and merged with plain git', () => {
  const { sandbox, repository, fork } = started();
  const { sub_workflow: sub, next_action: action } = fork('open', 'build', '--reason', 'There is no rate limiter');
  done(paste(sandbox, action));
  expect(startable(sandbox, repository, 'build')).toContain('held up by');
  expect(startable(sandbox, repository, 'docs')).toContain('waiting for build');
  const record = sandbox.read(repository, `${FOLDER}/nodes/build.md`);
  finish(sandbox, repository, sub);
  expect(sandbox.git(repository, 'diff', '--stat', 'HEAD^1', '--', FOLDER)).toBe('');
  expect(sandbox.read(repository, `${FOLDER}/nodes/build.md`)).toBe(record);
  expect(fork('list').forks).toMatchObject([{ status: 'merged', sub_workflow: sub }]);
  // In progress as before: the claim stands, and the implementer says the last word.
  expect(startable(sandbox, repository, 'build')).toContain('which is in_progress');
  ask(sandbox, repository, ['node', 'done', 'build', '--ticket', 'PROJ-7', '--by', 'impl-1', '--l0', 'Expired tokens answer 401']);
  commitAll(sandbox, repository);
  expect(fork('close', '1')).toMatchObject({ status: 'merged', changed: [] });
  expect(sandbox.treework(repository, 'fork', 'close', '1', '--ticket', 'PROJ-7').stdout).toContain('goes on by itself');
  expect(fork('list').forks).toHaveLength(1);
  expect(status(sandbox, repository)).toBe('');
});

it('W3: a node that nobody has begun is ready again after the merge, and return_to is where work goes on', () => {
  const { sandbox, repository, fork } = started();
  const { sub_workflow: sub } = fork('open', 'sketch', '--reason', 'No data to sketch from', '--return-to', 'decide');
  commitAll(sandbox, repository);
  expect([startable(sandbox, repository, 'sketch'), startable(sandbox, repository, 'decide')]).toEqual([expect.stringContaining('held up by'), expect.stringContaining('held up by')]);
  finish(sandbox, repository, sub);
  expect([startable(sandbox, repository, 'sketch'), startable(sandbox, repository, 'decide')]).toEqual(['free', 'free']);
});

it('W3: an abandoned fork lets its node go on, with the reason written down and nothing deleted', () => {
  const { sandbox, repository, fork, refused } = started();
  const { sub_workflow: sub } = fork('open', 'sketch', '--reason', 'No data');
  const path = `${FOLDER}/forks/001-no-data.md`;
  sandbox.write(repository, { [path]: sandbox.read(repository, path).replaceAll('\n', '\r\n') });
  expect(refused('close', '001')).toMatchObject({ code: 'fork-open', hint: expect.stringContaining('--abandoned') });
  const closed = fork('close', '001', '--abandoned', 'The "old" data: 足りる');
  expect(closed).toMatchObject({ status: 'abandoned', changed: [path], sub_workflow: sub });
  const text = sandbox.read(repository, path);
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  expect(parseDocument(Buffer.from(text)).data).toMatchObject({ reason: 'No data', abandoned: 'The "old" data: 足りる' });
  expect(startable(sandbox, repository, 'sketch')).toBe('free');
  expect(sandbox.exists(repository, `docs/specs/${sub}/spec.md`)).toBe(true);
  done(paste(sandbox, { ...closed.next_action, command: `git add docs && ${closed.next_action.command}` }));
  expect(refused('close', '001', '--abandoned', 'Again').code).toBe('fork-abandoned');
  expect(fork('list').forks).toMatchObject([{ status: 'abandoned', abandoned: 'The "old" data: 足りる' }]);
  expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
});

it('forks a phase: all that is in it waits, and work goes on at one specific leaf', () => {
  const { sandbox, repository, fork, refused } = started();
  ask(sandbox, repository, ['node', 'skip', 'sketch', '--ticket', 'PROJ-7', '--reason', 'It is drawn']);
  expect(fork('open', 'design', '--reason', 'No designer')).toMatchObject({ spawned_from: 'design', return_to: 'decide' });
  expect(startable(sandbox, repository, 'decide')).toContain('held up by');
  expect(refused('open', 'build', '--reason', 'x', '--return-to', 'design').message).toContain('which is a phase, expected the leaf');
});

it('forks a node that is held up already: it waits for both', () => {
  const { sandbox, repository, fork } = started();
  const first = fork('open', 'build', '--reason', 'No limiter');
  const second = fork('open', 'build', '--reason', 'No cache');
  expect(second.fork).toBe('002-no-cache');
  commitAll(sandbox, repository);
  finish(sandbox, repository, first.sub_workflow);
  expect(startable(sandbox, repository, 'build')).toMatch(/held up by \S*002-no-cache.md,/);
  fork('close', '2', '--abandoned', 'Not needed');
  expect(startable(sandbox, repository, 'build')).toContain('which is in_progress');
});

it('forks a fork, and a circle of them is refused', () => {
  const { sandbox, repository, fork } = started();
  fork('open', 'build', '--reason', 'No limiter', '--sub', 'PROJ-8');
  sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': specOf('The system SHALL wait.', 'PROJ-8'), 'docs/specs/PROJ-8/tasks.md': tasksOf(specOf('The system SHALL wait.', 'PROJ-8'), 'PROJ-8') });
  commitAll(sandbox, repository);
  expect(ask(sandbox, repository, ['fork', 'open', 'build', '--ticket', 'PROJ-8', '--reason', 'No clock', '--sub', 'PROJ-9'])).toMatchObject({ ticket: 'PROJ-8', sub_workflow: 'PROJ-9' });
  sandbox.write(repository, { 'docs/specs/PROJ-9/spec.md': specOf('The system SHALL wait.', 'PROJ-9'), 'docs/specs/PROJ-9/tasks.md': tasksOf(specOf('The system SHALL wait.', 'PROJ-9'), 'PROJ-9') });
  commitAll(sandbox, repository);
  const circle = ask(sandbox, repository, ['fork', 'open', 'build', '--ticket', 'PROJ-9', '--reason', 'No API', '--sub', 'PROJ-7'], 1);
  expect(circle.findings).toMatchObject([{ rule: 'fork-return' }]);
  expect(status(sandbox, repository)).toBe('');
});

it('refuses what no fork can be, and changes nothing', () => {
  const { sandbox, repository, refused } = started();
  ask(sandbox, repository, ['node', 'skip', 'sketch', '--ticket', 'PROJ-7', '--reason', 'It is drawn']);
  sandbox.write(repository, { 'docs/specs/ARCHIVED/OLD-1/spec.md': specOf('The system SHALL rest.', 'OLD-1') });
  commitAll(sandbox, repository);
  expect(refused('open', 'nope', '--reason', 'x')).toMatchObject({ code: 'node-unknown' });
  expect(refused('open', 'buidl', '--reason', 'x').hint).toContain('fork open build');
  expect(refused('open', 'build', '--reason', 'x', '--return-to', 'elsewhere').message).toContain('--return-to elsewhere');
  expect(refused('open', 'sketch', '--reason', 'x').code).toBe('node-settled');
  expect(refused('open', 'build', '--reason', 'x', '--return-to', 'sketch').code).toBe('node-settled');
  expect(refused('open', 'build', '--reason', 'two\nlines').code).toBe('input');
  expect(refused('open', 'build').code).toBe('input');
  expect(refused('open', 'build', '--reason', 'x', '--sub', 'PROJ-7').code).toBe('fork-self');
  expect(refused('open', 'build', '--reason', 'x', '--sub', 'proj-7').code).toBe('ticket-case');
  expect(refused('open', 'build', '--reason', 'x', '--sub', 'OLD-1').code).toBe('ticket-archived');
  expect(refused('open', 'build', '--reason', 'x', '--sub', '../../etc').code).toBe('ticket-form');
  expect(refused('open', 'build', 'docs', '--reason', 'x').code).toBe('usage');
  expect(refused('close', '7', '--abandoned', 'x').code).toBe('fork-unknown');
  expect(ask(sandbox, repository, ['fork', 'open', 'build', '--ticket', 'OLD-1', '--reason', 'x'], 2).error.code).toBe('ticket-archived');
  expect(ask(sandbox, repository, ['fork', 'twist'], 2).error.code).toBe('usage');
  expect(status(sandbox, repository)).toBe('');
});

it('gives numbers over every ref and work tree, and an ambiguous number is asked about', () => {
  const { sandbox, repository, fork, refused } = started();
  sandbox.git(repository, 'switch', '-q', '-c', 'side');
  fork('open', 'build', '--reason', 'No limiter');
  commitAll(sandbox, repository);
  sandbox.git(repository, 'switch', '-q', 'PROJ-7--reports');
  expect(fork('open', 'build', '--reason', 'No cache').fork).toBe('002-no-cache');
  const path = `${FOLDER}/forks/002-no-cache.md`;
  sandbox.write(repository, { [`${FOLDER}/forks/002-other.md`]: sandbox.read(repository, path) });
  expect(refused('close', '2', '--abandoned', 'x').code).toBe('fork-ambiguous');
});

it('S15: a dozen forks at once have a dozen numbers and a dozen tickets', () => {
  const { sandbox, repository, fork } = started();
  done(sandbox.run('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do treework fork open build --ticket PROJ-7 --reason "No limiter" >/dev/null & done; wait'], { cwd: repository }));
  const { forks } = fork('list') as { forks: { fork: string; sub_workflow: string }[] };
  expect(forks.map((one) => one.fork.slice(0, 3))).toEqual(['001', '002', '003', '004', '005', '006', '007', '008', '009', '010', '011', '012']);
  expect(new Set(forks.map((one) => one.sub_workflow)).size).toBe(12);
});

it('two clones that know nothing of one another never give one id to two tickets', () => {
  const { sandbox, repository, fork } = started();
  sandbox.git('', 'clone', '-q', repository, 'clone');
  const here = fork('open', 'build', '--reason', 'There is no rate limiter').sub_workflow;
  const there = ask(sandbox, 'clone', ['fork', 'open', 'build', '--ticket', 'PROJ-7', '--reason', 'There is no rate limiter']).sub_workflow;
  expect(here).not.toBe(there);
  expect(here.slice(0, -4)).toBe(there.slice(0, -4));
});

it('asks for an id where a tracker gives them', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\ntickets: {pattern: "^PROJ-[0-9]+$", prefix: PROJ}\n---\n' });
  expect(ask(sandbox, repository, ['fork', 'open', 'build', '--reason', 'No limiter'], 2).error).toMatchObject({ code: 'ticket-form', hint: expect.stringContaining('--sub ID') });
  expect(ask(sandbox, repository, ['fork', 'open', 'build', '--reason', '速度制限がない', '--sub', '12'])).toMatchObject({ sub_workflow: 'PROJ-12', fork: '001-fork' });
});

it('links a ticket that is there already, and scaffolds nothing', () => {
  const { sandbox, repository, fork, refused } = started();
  ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-8', '--title', 'Limiter']);
  commitAll(sandbox, repository);
  const before = sandbox.read(repository, 'docs/specs/PROJ-8/spec.md');
  expect(fork('open', 'build', '--reason', 'No limiter', '--sub', 'PROJ-8').created).toEqual([`${FOLDER}/forks/001-no-limiter.md`]);
  expect(sandbox.read(repository, 'docs/specs/PROJ-8/spec.md')).toBe(before);
  expect(refused('open', 'build', '--reason', 'No limiter', '--sub', 'PROJ-8', '--worktree').code).toBe('ticket-known');
});

it('makes a branch and a worktree from the trunk, and both commits by one command', () => {
  const { sandbox, repository, fork } = started('my "repo" ü');
  const opened = fork('open', 'build', '--reason', 'There is no rate limiter', '--worktree');
  const { sub_workflow: sub, worktree, branch } = opened;
  expect(branch).toBe(`${sub}--there-is-no-rate-limiter`);
  expect(worktree).toBe(join(sandbox.root, `my "repo" ü.trees`, `${sub}-there-is-no-rate-limiter`));
  expect(opened.created).toEqual([`${FOLDER}/forks/001-there-is-no-rate-limiter.md`]);
  const there = relative(sandbox.root, worktree);
  expect(sandbox.git(there, 'merge-base', 'HEAD', 'main')).toBe(sandbox.git(repository, 'rev-parse', 'main'));
  expect(existsSync(join(worktree, FOLDER, 'nodes'))).toBe(false);
  done(paste(sandbox, opened.next_action));
  expect(status(sandbox, repository) + sandbox.git(there, 'status', '--porcelain')).toBe('');
  expect(sandbox.git(there, 'show', '--name-only', '--format=', 'HEAD').trim()).toBe(`docs/specs/${sub}/spec.md`);
  // What is next for it is there, wherever it is asked.
  expect(ask(sandbox, repository, ['next', '--ticket', sub]).next_action).toMatchObject({ cwd: worktree, context: { ticket: sub } });
  // Which ticket a verb means there is told by the branch.
  expect(ask(sandbox, there, ['fork', 'list']).ticket).toBe(sub);
  // A fork of the fork, from inside the worktree, stands beside it.
  const spec = specOf('The system SHALL wait.', sub);
  sandbox.write(there, { [`docs/specs/${sub}/spec.md`]: spec });
  ask(sandbox, there, ['new', 'tasks', '--why', 'Load']);
  sandbox.git(there, 'add', '.');
  sandbox.git(there, 'commit', '-qm', 'docs: plan');
  const inner = ask(sandbox, there, ['fork', 'open', 'build', '--reason', 'No clock', '--worktree', '--commit']);
  expect(inner.next_action).toMatchObject({ cwd: inner.worktree, context: { ticket: inner.sub_workflow } });
  expect(sandbox.git(there, 'status', '--porcelain') + sandbox.git(relative(sandbox.root, inner.worktree), 'status', '--porcelain')).toBe('');
  expect(inner.worktree).toBe(join(sandbox.root, `my "repo" ü.trees`, `${inner.sub_workflow}-no-clock`));
});

it('leaves nothing behind where a worktree cannot be made', () => {
  const { sandbox, repository, fork, refused } = started();
  const before = [sandbox.git(repository, 'for-each-ref'), readdirSync(sandbox.root).sort().join()];
  const now = () => [sandbox.git(repository, 'for-each-ref'), readdirSync(sandbox.root).sort().join()];
  const isClean = () => {
    expect(now()).toEqual(before);
    expect(sandbox.git(repository, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(sandbox.exists(repository, `${FOLDER}/forks`)).toBe(false);
  };
  // A hook of the user's that refuses the checkout.
  sandbox.write(repository, { '.git/hooks/post-checkout': '#!/bin/sh\necho no >&2\nexit 1\n' });
  sandbox.run('chmod', ['+x', '.git/hooks/post-checkout'], { cwd: repository });
  expect(refused('open', 'build', '--reason', 'No limiter', '--worktree').code).toBe('worktree');
  isClean();
  sandbox.run('rm', ['.git/hooks/post-checkout'], { cwd: repository });
  // A link where the fork's folder has to be: the worktree stands already by then.
  sandbox.write(repository, { '.git/info/exclude': 'forks\n' });
  done(sandbox.run('ln', ['-s', sandbox.root, `${FOLDER}/forks`], { cwd: repository }));
  expect(refused('open', 'build', '--reason', 'No limiter', '--worktree').message).toContain('symbolic link');
  done(sandbox.run('rm', [`${FOLDER}/forks`], { cwd: repository }));
  isClean();
  expect(fork('open', 'build', '--reason', 'No limiter', '--worktree', '--dry-run')).toMatchObject({ dry_run: true, branch: expect.stringMatching(/--no-limiter$/) });
  isClean();
  // Where WORKSPACE.md says a place that is taken.
  sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\nworktrees: ../taken\n---\n' });
  mkdirSync(join(sandbox.root, 'taken'));
  expect(refused('open', 'build', '--reason', 'No limiter', '--worktree').code).toBe('exists');
  renameSync(join(sandbox.root, 'taken'), join(sandbox.root, 'free'));
  expect(fork('open', 'build', '--reason', 'No limiter', '--worktree').worktree).toBe(join(sandbox.root, 'taken'));
});

it('needs a workflow with nodes', () => {
  const sandbox = box();
  const repository = workspace(sandbox);
  sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC });
  expect(ask(sandbox, repository, ['fork', 'open', 'build', '--reason', 'x'], 2).error).toMatchObject({ code: 'tasks-missing', hint: 'treework new tasks --ticket PROJ-7' });
});

it('W6: what an open fork holds up is neither done nor complete, and goes on when the fork is closed', () => {
  const { sandbox, repository, fork } = started();
  const { sub_workflow: sub } = fork('open', 'build', '--reason', 'There is no rate limiter', '--title', 'Rate limiter', '--commit');
  sandbox.write(repository, { 'src/a.ts': 'export {};\n' });
  const say = (...args: string[]) => JSON.parse(sandbox.treework(repository, 'node', ...args, '--ticket', 'PROJ-7', '--by', 'impl-1', '--json').stdout);
  for (const verb of [['done', 'build', '--l0', 'Made'], ['complete', 'build', '--l0', 'Made', '--verdict', 'pass', '--verified-by', 'review-1']]) {
    expect(say(...verb)).toMatchObject({ ok: false, error: { code: 'node-blocked', message: expect.stringContaining('forks/001-rate-limiter.md') } });
  }
  expect(say('fail', 'build', '--finding', 'there is no limiter', '--dry-run')).toMatchObject({ ok: true });
  finish(sandbox, repository, sub);
  expect(say('done', 'build', '--l0', 'Made')).toMatchObject({ ok: true });
});
