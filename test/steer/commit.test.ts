import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, done, FOLDER, frozen, json, paste, status, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function box(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return sandbox;
}

const GOAL = { title: 'Reports API', why: 'Partners pull reports' };

it('commits exactly what the verb wrote, through the hooks, and leaves staged, edited and new files of others alone', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.treework(repository, 'hooks');
  sandbox.write(repository, { 'staged.txt': 'mine\n', 'new.txt': 'mine\n', 'README.md': '# Edited\n' });
  sandbox.git(repository, 'add', 'staged.txt');
  const answer = ask(sandbox, `${repository}/docs`, ['node', 'start', 'build', '--by', 'impl-1', '--commit']);
  expect(answer).toMatchObject({ created: [`${FOLDER}/nodes/build.md`], committed: sandbox.git(repository, 'rev-parse', 'HEAD').trim() });
  expect(answer.next_action).toMatchObject({ action: 'agent:do', context: { ticket: 'PROJ-7', goal: GOAL }, nodes: [{ node: 'build', role: 'implementer' }] });
  expect(sandbox.git(repository, 'show', '--name-only', '--format=%s', 'HEAD')).toBe(`chore(PROJ-7): start build\n\n${FOLDER}/nodes/build.md\n`);
  expect(status(sandbox, repository)).toBe(' M README.md\nA  staged.txt\n?? new.txt\n');
});

it('names in the command it answers with just the paths it wrote, and they alone are committed', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  sandbox.write(repository, { 'staged.txt': 'mine\n' });
  sandbox.git(repository, 'add', 'staged.txt');
  const { next_action: action } = ask(sandbox, `${repository}/docs`, ['node', 'start', 'build', '--by', 'impl-1']);
  expect(action).toMatchObject({ context: { ticket: 'PROJ-7', goal: GOAL } });
  done(sandbox.run(action.argv[0], action.argv.slice(1), { cwd: `${repository}/docs` }));
  expect(status(sandbox, repository)).toBe('A  staged.txt\n');
});

it('S2: a refused commit is answered with what is wrong and exit 1, and the files stay as they were written', () => {
  const sandbox = box();
  const repository = frozen(sandbox);
  done(sandbox.treework(repository, 'hooks'));
  // The node is planned in the work tree alone: a commit of the record without the plan is an orphan.
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:$/m, 'nodes:\n  - {id: docs, covers: none, scope: ["docs/manual/**"]}') });
  const before = sandbox.git(repository, 'rev-parse', 'HEAD');
  const answer = sandbox.treework(repository, 'node', 'start', 'docs', '--by', 'impl-1', '--commit', '--json');
  expect(answer.status).toBe(1);
  expect(json(answer)).toMatchObject({
    ok: false,
    findings: [{ rule: 'node-record-orphan', path: `${FOLDER}/nodes/docs.md` }],
    refused: `${FOLDER}/nodes/docs.md is written and not committed: git or a hook refused the commit`,
    said: expect.stringContaining('node-record-orphan'),
    next_action: { command: expect.stringContaining('git commit') },
  });
  expect([sandbox.git(repository, 'rev-parse', 'HEAD'), status(sandbox, repository)]).toEqual([before, ` M ${FOLDER}/tasks.md\n?? ${FOLDER}/nodes/docs.md\n`]);
});

it('S2: another hook that refuses is quoted, and its reason gone the same command goes on', () => {
  const sandbox = box();
  const repository = workspace(sandbox);
  sandbox.write(repository, { '.git/hooks/pre-commit': '#!/bin/sh\necho no commits today >&2\nexit 1\n' });
  sandbox.run('chmod', ['+x', '.git/hooks/pre-commit'], { cwd: repository });
  const answer = sandbox.treework(repository, 'new', 'spec', '--ticket', 'PROJ-7', '--title', 'Reports', '--commit', '--json');
  expect([answer.status, json(answer)]).toEqual([1, expect.objectContaining({ ok: false, findings: [], said: 'no commits today' })]);
  expect(status(sandbox, repository)).toBe(`?? ${FOLDER}/spec.md\n`);
  sandbox.write(repository, { '.git/hooks/pre-commit': '#!/bin/sh\n' });
  done(paste(sandbox, json(answer).next_action));
  expect(status(sandbox, repository)).toBe('');
});
