import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, json, paste, SPEC, status, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function box(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return sandbox;
}

const GOAL = { title: 'Reports API', why: 'Partners pull reports' };

it('governs, commits what that wrote, and begins a ticket, each as one step with --yes', () => {
  const sandbox = box();
  const repository = sandbox.repository('repo');
  expect(ask(sandbox, repository, ['next']).next_action).toMatchObject({ command: 'treework init --yes' });
  expect(ask(sandbox, repository, ['next', '--yes'])).toMatchObject({ ran: ['init', '--yes'], wrote: ['WORKSPACE.md', '.gitattributes'] });
  expect(ask(sandbox, repository, ['next', '--yes']).next_action.command).toMatch(/^treework new spec --ticket new-work-[0-9a-z]{4} --title /);
  expect(status(sandbox, repository)).toBe('');
  const begun = ask(sandbox, repository, ['next', '--yes']);
  expect(begun).toMatchObject({ ran: ['new', 'spec', '--ticket', begun.ticket, '--title', 'What it delivers'], created: [`docs/specs/${begun.ticket}/spec.md`] });
  expect(ask(sandbox, repository, ['next']).next_action).toMatchObject({ command: expect.stringContaining(`git commit -m 'docs(${begun.ticket}): spec'`), context: { ticket: begun.ticket, goal: { title: 'What it delivers' } } });
});

it('on the trunk with several tickets lists them, each with its command; says which does one', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8') });
  commitAll(sandbox, repository);
  const { choices, action } = ask(sandbox, repository, ['next']).next_action;
  expect([action, choices.map((choice: { ticket: string; command: string }) => [choice.ticket, choice.command])]).toEqual(['agent:do', [['PROJ-7', 'treework next --ticket PROJ-7'], ['PROJ-8', 'treework next --ticket PROJ-8']]]);
  expect(ask(sandbox, repository, ['next', '--ticket', 'PROJ-8'])).toMatchObject({ ticket: 'PROJ-8', step: 'new-tasks', next_action: { command: 'treework new tasks --ticket PROJ-8' } });
  expect(ask(sandbox, `${repository}/docs/specs/PROJ-7`, ['next'])).toMatchObject({ ticket: 'PROJ-7', step: 'start' });
  sandbox.git(repository, 'switch', '-q', '-c', 'PROJ-9--reports');
  expect(ask(sandbox, repository, ['next'])).toMatchObject({ phase: 'none', next_action: { command: "treework new spec --ticket PROJ-9 --title 'What PROJ-9 delivers'" } });
});

it('S2: says in a subfolder, with other names for the program and in a path with blanks what can be pasted there', () => {
  const sandbox = box();
  const repository = frozen(sandbox, "a repo's");
  const answer = sandbox.run('treework', ['node', 'start', 'build', '--by', 'impl-1', '--json'], { cwd: `${repository}/docs`, env: { TREEWORK_PROGRAM: 'treework' } });
  done(paste(sandbox, json(answer).next_action));
  expect(status(sandbox, repository)).toBe('');
  const other = sandbox.run('treework', ['next', '--json'], { cwd: `${repository}/docs`, env: { TREEWORK_PROGRAM: 'npx treework' } });
  expect(json(other).next_action).toMatchObject({ on_pass: "npx treework node done build --ticket PROJ-7 --l0 'WHAT WAS MADE, IN ONE LINE'", context: { goal: GOAL } });
});

it.each<[string[], number, object]>([
  [['node', 'start', 'nothing'], 2, { command: 'treework next --ticket PROJ-7', context: { ticket: 'PROJ-7', goal: GOAL } }],
  [['node', 'skip', 'build'], 2, { context: { goal: GOAL } }],
  [['frobnicate'], 2, { command: 'treework help all' }],
  [['new', 'spec'], 2, { command: 'treework new --help' }],
  [['change', 'accept', '9'], 2, { command: 'treework change list --ticket PROJ-7', context: { ticket: 'PROJ-7', goal: GOAL } }],
  [['freeze', '--ticket', 'PROJ-70'], 2, { command: 'treework next --ticket PROJ-70' }],
  [['new', 'tasks', '--ticket', 'PROJ-8'], 1, { action: 'agent:do', context: { ticket: 'PROJ-8', path: 'docs/specs/PROJ-8/spec.md' }, on_pass: 'treework next --ticket PROJ-8' }],
])('S2: %j fails with JSON that says what gets one on, and that runs', (args, exit, action) => {
  const sandbox = box();
  const repository = frozen(sandbox);
  if (args.includes('PROJ-8')) sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': `${SPEC.replace('PROJ-7', 'PROJ-8')}\n[[fill: more]]\n` });
  const answer = sandbox.treework(repository, ...args, '--json');
  expect([answer.status, json(answer).ok]).toEqual([exit, false]);
  const { next_action: next } = json(answer);
  expect(next).toMatchObject(action);
  const run = paste(sandbox, { command: next.command ?? next.on_pass, cwd: next.cwd });
  expect([0, 1]).toContain(run.status);
});

it.each([[['freeze']], [['change', 'list']]])('S2: %j, with nothing to do, leads on all the same', (args) => {
  const sandbox = box();
  const repository = frozen(sandbox);
  expect(ask(sandbox, repository, args).next_action).toMatchObject({ command: 'treework next --ticket PROJ-7', context: { ticket: 'PROJ-7', goal: GOAL } });
});

it('says outside of any repository how to begin one', () => {
  const sandbox = box();
  sandbox.write('plain', { 'a.txt': 'a\n' });
  const answer = sandbox.run('treework', ['next', '--json'], { cwd: 'plain' });
  expect([answer.status, json(answer)]).toEqual([2, expect.objectContaining({ ok: false, next_action: expect.objectContaining({ argv: ['git', 'init'] }) })]);
});

it('commits by --yes what is written, the work of a done node with whose it is, and never the rest', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  const tasks = `${FOLDER}/tasks.md`;
  sandbox.write(repository, { [tasks]: sandbox.read(repository, tasks).replace('- id: build', '- id: build\n    scope: ["src/**"]').replace('{id: build', '{id: build, scope: ["src/**"]') });
  commitAll(sandbox, repository);
  done(sandbox.treework(repository, 'hooks'));
  ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-1', '--commit']);
  sandbox.write(repository, { 'src/a.ts': 'export {};\n', 'notes.txt': 'mine\n' });
  const last = ask(sandbox, repository, ['node', 'done', 'build', '--by', 'impl-1', '--l0', 'Made']);
  expect(last.next_action).toMatchObject({ command: expect.stringContaining('git add -- src/a.ts docs/specs/PROJ-7/nodes/build.md && '), context: { goal: GOAL } });
  const answer = ask(sandbox, repository, ['next', '--yes']);
  expect(answer).toMatchObject({ committed: expect.any(String), next_action: { action: 'wave:await-qa' } });
  expect(sandbox.git(repository, 'show', '--name-only', '--format=%B', 'HEAD')).toBe(`feat(PROJ-7): build\n\nNode: PROJ-7/build\n\n\n${FOLDER}/nodes/build.md\nsrc/a.ts\n`);
  expect(status(sandbox, repository)).toBe('?? notes.txt\n');
});

it('in a merge leaves the commit to git, which takes all of it', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.git(repository, 'switch', '-q', '-c', 'other');
  sandbox.write(repository, { 'other.txt': 'other\n' });
  commitAll(sandbox, repository);
  sandbox.git(repository, 'switch', '-q', 'main');
  sandbox.write(repository, { 'main.txt': 'main\n' });
  commitAll(sandbox, repository);
  sandbox.git(repository, 'merge', '-q', '--no-commit', 'other');
  const { next_action: action } = ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-1']);
  done(paste(sandbox, action));
  expect(sandbox.git(repository, 'log', '-1', '--format=%P').trim().split(' ')).toHaveLength(2);
});

it('O3: at a terminal says phase, step and what it will do, and does it after an explicit Y alone', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  const terminal = (said: string) => sandbox.run('script', ['-qec', 'treework next', '/dev/null'], { cwd: repository, input: said, env: { TREEWORK_ACTOR: 'impl-1', TERM: 'dumb' } }).stdout.replaceAll('\r', '');
  for (const said of ['n\n', '\n', 'maybe\n']) {
    const printed = terminal(said);
    expect(printed).toMatch(/PROJ-7: Reports API\n {2}why: {2}Partners pull reports\n\nPhase: frozen\nStep: {2}start build\nThis will:\n {2}- claim build for whoever starts it\n\n {2}treework node start build --ticket PROJ-7\n\nProceed\? \(Y\/n\)/);
    expect(printed).toContain('nothing was done: only Y goes on');
    expect(status(sandbox, repository)).toBe('');
  }
  expect(terminal('Y\n')).toContain('build is in_progress by impl-1');
  expect(status(sandbox, repository)).toBe(`?? ${FOLDER}/nodes/build.md\n`);
  expect(sandbox.treework(repository, 'next').stdout).not.toContain('Proceed');
});

it('O2: names the skills that fit, and keeps within 80 columns what is no command', () => {
  const sandbox = box();
  const repository = workspace(sandbox);
  sandbox.write(repository, { [`${FOLDER}/idea.md`]: `---\nticket: PROJ-7\ntitle: ${'Reports for partners who ask '.repeat(5).trim()}; $(touch pwned)\n---\n\nWhy not.\n` });
  commitAll(sandbox, repository);
  const { next_action: action } = ask(sandbox, repository, ['next']);
  expect(action.skills).toEqual(['plan']);
  expect(action.command).not.toMatch(/[$;]/);
  const printed = sandbox.treework(repository, 'next').stdout;
  for (const line of printed.split('\n')) if (!line.startsWith('  treework')) expect(line.length).toBeLessThanOrEqual(80);
});

it('X16: what is next leaves alone what has gone on in another work tree or branch, until that is brought in', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'PROJ-7--two', '../two');
  expect(ask(sandbox, 'two', ['next'])).toMatchObject({ step: 'start' });
  done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1'));
  const held = ask(sandbox, 'two', ['next']);
  expect(held).toMatchObject({ step: 'held', next_action: { action: 'agent:do', held: [{ node: 'build', where: `${sandbox.root}/${repository}`, to: 'in_progress', by: 'impl-1' }] } });
  commitAll(sandbox, repository);
  expect(ask(sandbox, 'two', ['next'])).toMatchObject({ step: 'held', next_action: { held: [{ where: 'refs/heads/main' }] } });
  sandbox.git('two', 'merge', '-q', 'main');
  expect(ask(sandbox, 'two', ['next'])).toMatchObject({ step: 'work' });
});

it('X16: an old branch is led to what is archived elsewhere, not to do it again', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'PROJ-7--old', '../old');
  sandbox.git(repository, 'mv', FOLDER, 'docs/specs/kept');
  sandbox.run('mkdir', ['-p', 'docs/specs/ARCHIVED'], { cwd: repository });
  sandbox.git(repository, 'mv', 'docs/specs/kept', 'docs/specs/ARCHIVED/PROJ-7');
  sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'docs: archive');
  expect(ask(sandbox, 'old', ['next'])).toMatchObject({ step: 'archived-elsewhere', next_action: { action: 'agent:do', on_pass: 'treework next' } });
});
