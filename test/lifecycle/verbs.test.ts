import { afterEach, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste } from '../verbs/fixture.ts';

const PLAN = 'nodes: [{id: build, scope: ["src/**"]}, {id: docs, title: The manual, covers: none, depends_on: [build]}, {id: lint, type: command, command: npm run lint, covers: none}]';
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function planned(): { sandbox: Sandbox; repository: string } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  const tasks = sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `${PLAN}\n---`);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: tasks, 'src/a.ts': 'export {};\n' });
  commitAll(sandbox, repository);
  return { sandbox, repository };
}

function record(sandbox: Sandbox, repository: string, node: string): Record<string, unknown> & { history: Record<string, unknown>[] } {
  return parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/nodes/${node}.md`))).data as never;
}

it('writes a node’s whole life, one file at a time, and every step of it can be committed', () => {
  const { sandbox, repository } = planned();
  const node = (...args: string[]) => ask(sandbox, repository, ['node', ...args]);
  const started = node('start', 'build', '--by', 'impl-1');
  expect(started).toMatchObject({ ticket: 'PROJ-7', node: 'build', status: 'in_progress', by: 'impl-1', created: [`${FOLDER}/nodes/build.md`], nodes: [{ entries: [{ wave: 1, spec: expect.stringMatching(/^sha256:/), scope: expect.stringMatching(/^sha256:/) }] }] });
  done(paste(sandbox, started.next_action));
  node('fail', 'build', '--by', 'review-1', '--finding', 'no tests', '--finding', 'no docs');
  expect(record(sandbox, repository, 'build')).toMatchObject({ status: 'failed', history: [{}, { findings: ['no tests', 'no docs'] }] });
  node('start', 'build', '--by', 'impl-2');
  sandbox.write(repository, { 'src/b.ts': 'export {};\n', 'l1.json': '{"decisions": ["Skew of 30 s"], "files": ["src/b.ts"]}' });
  node('done', 'build', '--by', 'impl-2', '--l0', 'Expired tokens answer 401', '--l1', 'l1.json');
  const completed = node('complete', 'build', '--by', 'impl-2', '--verdict', 'pass', '--verified-by', 'review-1');
  const { history, ...rest } = record(sandbox, repository, 'build');
  expect(rest).toEqual({ node: 'build', status: 'complete', l0: 'Expired tokens answer 401', l1: { decisions: ['Skew of 30 s'], files: ['src/b.ts'] } });
  expect(history.map(({ to }) => to)).toEqual(['in_progress', 'failed', 'in_progress', 'in_progress', 'complete']);
  expect(history.at(-1)).toMatchObject({ verdict: 'pass', verified_by: 'review-1', covered: { 'Token validation': expect.stringMatching(/^sha256:/) } });
  expect(history[2]?.scope).toBe(history[0]?.scope);
  expect(history.at(-1)?.scope).not.toBe(history[0]?.scope);
  done(paste(sandbox, completed.next_action));
  expect(sandbox.treework(repository, 'check').status).toBe(0);
});

it('takes the plan’s words where nobody said the last one, and a command’s exit status for its verdict', () => {
  const { sandbox, repository } = planned();
  for (const args of [['skip', 'build', '--reason', 'it is there already'], ['start', 'docs', 'lint', '--by', 'impl-1'], ['complete', 'docs', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'pr']]) ask(sandbox, repository, ['node', ...args]);
  expect(record(sandbox, repository, 'docs')).toMatchObject({ status: 'complete', l0: 'The manual' });
  expect(ask(sandbox, repository, ['node', 'complete', 'lint', '--exit', '1'], 2).error.message).toBe('Unexpected exit 1 of the command of a complete node, expected 0');
  ask(sandbox, repository, ['node', 'complete', 'lint', '--exit', '0']);
  expect(record(sandbox, repository, 'lint')).toMatchObject({ status: 'complete', history: [{ wave: 1 }, { exit: 0 }] });
  commitAll(sandbox, repository);
});

it('escalates with the last retry, skips what waits without writing it, and goes on after a person’s retry', () => {
  const { sandbox, repository } = planned();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    ask(sandbox, repository, ['node', 'start', 'build', '--by', 'impl-1']);
    ask(sandbox, repository, ['node', 'fail', 'build', '--by', 'review-1', '--finding', 'no tests']);
  }
  expect(record(sandbox, repository, 'build').status).toBe('escalated');
  expect(ask(sandbox, repository, ['node', 'start', 'docs'], 2).error).toMatchObject({ code: 'node-skipped', message: 'Unexpected start of docs, which is skipped while build is escalated, expected a node that is ready', hint: expect.stringContaining('treework retry build') });
  expect(sandbox.exists(repository, `${FOLDER}/nodes/docs.md`)).toBe(false);
  expect(ask(sandbox, repository, ['retry', 'build'], 2).error.message).toContain('expected a reason');
  ask(sandbox, repository, ['retry', 'build', '--reason', 'the service is up again']);
  ask(sandbox, repository, ['node', 'complete', 'build', '--verdict', 'pass', '--verified-by', 'review-1']);
  ask(sandbox, repository, ['node', 'start', 'docs']);
  commitAll(sandbox, repository);
});

it.each<[string[], string, RegExp]>([
  [['start', 'docs'], 'node-waits', /^Unexpected start of docs, which is waiting for build/],
  [['start', 'nothing'], 'node-unknown', /expected one of build, docs, lint$/],
  [['complete', 'build', '--verdict', 'pass', '--verified-by', 'x'], 'node-transition', /which nobody has begun/],
  [['skip', 'build'], 'node-transition', /expected the reason of a person/],
  [['start'], 'usage', /^Unexpected absence of a node/],
  [['finish', 'build'], 'usage', /^Unexpected action finish, expected start, done/],
])('refuses %j with exit 2 and writes nothing', (args, code, message) => {
  const { sandbox, repository } = planned();
  expect(ask(sandbox, repository, ['node', ...args], 2).error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
});

it('never lets one node be claimed twice: not by processes at once, not in another worktree, not from an old branch', () => {
  const { sandbox, repository } = planned();
  sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'other', '../other');
  const script = `for i in 1 2 3 4 5 6; do ( if [ $((i % 2)) = 0 ]; then cd ../other; fi; treework node start build --ticket PROJ-7 --by impl-$i >../out-$i 2>&1; echo $? >../rc-$i ) & done; wait; cat ../rc-*`;
  const codes = sandbox.run('sh', ['-c', script], { cwd: repository }).stdout.trim().split('\n');
  expect(codes.sort()).toEqual(['0', '2', '2', '2', '2', '2']);
  const places = [repository, 'other'].filter((place) => sandbox.exists(place, `${FOLDER}/nodes/build.md`));
  expect(places).toHaveLength(1);
  const [here, there] = places[0] === repository ? [repository, 'other'] : ['other', repository];
  expect(ask(sandbox, there as string, ['node', 'start', 'build', '--ticket', 'PROJ-7'], 2).error).toMatchObject({ code: 'node-claimed', message: expect.stringMatching(/in_progress by impl-\d/) });
  commitAll(sandbox, here as string);
  sandbox.git(repository, 'worktree', 'list');
  expect(ask(sandbox, there as string, ['node', 'skip', 'build', '--reason', 'x', '--ticket', 'PROJ-7'], 2).error.code).toBe('node-claimed');
});
