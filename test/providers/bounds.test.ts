import { afterEach, beforeEach, expect, it } from 'vitest';
import { MOST_MESSAGES } from '../../src/providers/local/messaging.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { asDev, branchAt, clones, port } from './local-subjects.ts';

let sandbox: Sandbox;
beforeEach(() => {
  asDev();
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const numbered = (count: number, file: (number: number) => readonly [string, string]) => Object.fromEntries(Array.from({ length: count }, (_, index) => file(index + 1)));

/** Records as if somebody had written them before. */
function records(name: string, files: Readonly<Record<string, string>>): void {
  branchAt(sandbox, 'remote.git', name, files);
  sandbox.git('remote.git', 'update-ref', `refs/treework/${name}`, `refs/heads/${name}`);
  sandbox.git('remote.git', 'branch', '-q', '-D', name);
}

it('a channel keeps its last messages and numbers go on; the others keep theirs', async () => {
  clones(sandbox);
  const message = (number: number) => `---\nauthor: x\nat: "2026-11-20T10:30:00Z"\n---\n${number}\n`;
  records('messages', { ...numbered(MOST_MESSAGES + 7, (number) => [`builds/${number}.md`, message(number)]), 'other/1.md': message(1) });
  const messaging = await port(sandbox, 'a', 'messaging');
  expect(await messaging.sendMessage({ channel: 'builds', text: 'new' })).toMatchObject({ id: String(MOST_MESSAGES + 8) });
  const kept = await messaging.readMessages({ channel: 'builds', limit: 1000 });
  expect([kept.length, kept[0]?.id, kept.at(-1)?.text]).toEqual([MOST_MESSAGES, '9', 'new']);
  expect((await messaging.readMessages({ channel: 'other' })).map(({ text }) => text)).toEqual(['1']);
});

it('ci keeps its last runs, with of a long log the end, and no secret of a terminal', async () => {
  clones(sandbox, { 'package.json': '{"name": "x"}\n' }, 'treework: 1\ngates: {coverage: off, lint: "node noise.js"}');
  const commit = branchAt(sandbox, 'a', 'noisy', { 'noise.js': 'process.stdout.write("x".repeat(300000)); console.log("\\n\\u001b[31mthe end\\u0007"); process.exitCode = 3;\n' });
  const run = `---\nstate: passed\ncommit: ${commit}\nstarted: "2026-11-20T10:30:00Z"\nended: "2026-11-20T10:30:00Z"\njobs: []\n---\n`;
  records('ci', numbered(203, (number) => [`${number}/run.md`, run]));
  const ci = await port(sandbox, 'a', 'ci');
  const ended = await ci.startRun({ commit });
  expect(ended).toMatchObject({ id: '204', state: 'failed' });
  expect(ended.jobs.find(({ name }) => name === 'lint')).toMatchObject({ state: 'failed' });
  const found = await ci.findRuns({ commit });
  expect([found.length, found[0]?.id, found.at(-1)?.id]).toEqual([200, '204', '5']);
  const log = await ci.readLog({ run: '204', job: 'lint' });
  expect([log.truncated, log.text.length < 300_000, log.text.includes('\nthe end\n'), log.text.includes('\u0007')]).toEqual([true, true, true, false]);
});

it('reviews of a stack are told apart: all are planned, and one is merged only where it is said which', async () => {
  clones(sandbox, {
    'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: Reports\n---\n## Requirements\n### Requirement: X\nThe system SHALL x.\n#### Scenario: X\n- **GIVEN** x\n- **WHEN** x\n- **THEN** x\n',
  });
  sandbox.treework('a', 'new', 'tasks', '--ticket', 'PROJ-7', '--why', 'x');
  sandbox.git('a', 'add', '.');
  sandbox.git('a', 'commit', '-qm', 'docs: plan PROJ-7');
  sandbox.git('a', 'push', '-q', 'origin', 'main');
  for (const [name, base] of [['PROJ-7--p1-api', 'main'], ['PROJ-7--p2-ui', 'PROJ-7--p1-api']] as const) branchAt(sandbox, 'remote.git', name, { [`${name}.txt`]: 'x' }, base);
  sandbox.git('a', 'fetch', '-q');
  const hosting = await port(sandbox, 'a', 'git-hosting');
  for (const [head, base] of [['PROJ-7--p1-api', 'main'], ['PROJ-7--p2-ui', 'PROJ-7--p1-api']] as const) {
    const { id } = await hosting.createPullRequest({ title: head, body: '', head, base });
    await hosting.openThread({ pull: id, body: `About ${head}`, file: 'x.txt', line: 1 });
  }
  const run = (...args: string[]) => JSON.parse(sandbox.treework('a', 'review', ...args, '--json').stdout) as { ok: boolean; items?: { node: string }[]; error?: { code: string; hint: string }; changed?: string[] };
  const codes = [['--merge', 'squash'], ['--merge', 'squash', '--pull', '2'], ['--pull', '3'], ['--merge', 'octopus'], ['--list', '--merge', 'squash'], ['--comment', ' '], ['--comment', 'x', '--line', '3'], ['--resolve', 'build']].map((args) => run(...args).error?.code);
  expect(codes).toEqual(['ambiguous', 'conversations-open', 'not-found', 'input', 'usage', 'input', 'input', 'node-unknown']);
  expect(run().items?.map(({ node }) => node)).toEqual(['pr-1-issue-1', 'pr-2-issue-1']);
  expect(run('--resolve', 'pr-1-issue-1').error?.code).toBe('node-open');
  expect(sandbox.treework('a', 'check', '--all').status).toBe(0);

  // One that goes on is written anew, what is resolved is left alone.
  await hosting.replyToThread({ pull: '2', thread: '1', body: 'And one thing more' });
  expect(run().changed).toEqual(['docs/specs/PROJ-7/attachments/pr-2-issue-1.md']);
  expect(sandbox.read('a', 'docs/specs/PROJ-7/attachments/pr-2-issue-1.md')).toContain('And one thing more');
  await hosting.resolveThread({ pull: '2', thread: '1', resolved: true });
  expect(sandbox.treework('a', 'review').stdout).toContain("pr-2-issue-1 was resolved there and is open here: treework node skip pr-2-issue-1 --ticket PROJ-7 --reason 'resolved on pull request 2'");
});
