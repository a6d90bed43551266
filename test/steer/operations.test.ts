import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { placeOf, ticketFolder } from '../../src/documents/place.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { isPeriod, runId, runOf } from '../../src/documents/run.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { periodAt, periodProblem } from '../../src/workflow/period.ts';
import { nodeOf, specOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, json, paste, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const REQUIREMENT = specOf('The run SHALL bill every partner once.').split('---\n')[2] as string;
const PAGE = `---
title: Monthly billing
goal: {title: Bill every partner, why: Late invoices are paid late}
period: monthly
nodes:
  - {id: collect, covers: none, scope: ["usage/**"]}
  - {id: send, depends_on: [collect]}
  - {id: approve, type: human, covers: none, depends_on: [send]}
---
See [the book](../../book.md).
${REQUIREMENT}`;
const RUN = 'docs/operations/billing/runs/2026-11';
const NOW = { TREEWORK_NOW: '2026-11-20T10:00:00Z' };

function operation(page = PAGE, name = 'billing'): { sandbox: Sandbox; repository: string; treework: (args: readonly string[], env?: NodeJS.ProcessEnv) => ReturnType<Sandbox['run']> } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nkinds: {operation: {}}\n---\n', 'docs/book.md': '# Book\n', [`docs/operations/${name}/OPERATION.md`]: page });
  return { sandbox, repository, treework: (args, env = {}) => sandbox.run('treework', args, { cwd: repository, env: { ...NOW, ...env } }) };
}

function data(sandbox: Sandbox, path: string): Record<string, unknown> {
  return parseDocument(Buffer.from(sandbox.read('repo', path))).data as Record<string, unknown>;
}

it('W2: a run is the operation’s tree for one period, with its requirements frozen as they read today', () => {
  const { sandbox, repository, treework } = operation();
  const begun = json(done(treework(['new', 'run', '--json'])));
  expect(begun).toMatchObject({ ok: true, ticket: 'billing-2026-11', operation: 'billing', period: '2026-11', created: [`${RUN}/spec.md`, `${RUN}/tasks.md`] });
  const tasks = data(sandbox, `${RUN}/tasks.md`);
  expect(tasks).toMatchObject({ ticket: 'billing-2026-11', shape: 'operation', goal: { title: 'Bill every partner 2026-11', why: 'Late invoices are paid late' }, spec: expect.stringMatching(/^sha256:/) });
  expect(tasks.nodes).toEqual((parseDocument(Buffer.from(PAGE)).data as { nodes: unknown }).nodes);
  expect(sandbox.read(repository, `${RUN}/spec.md`)).toContain('[the book](../../../../book.md)');
  done(paste(sandbox, begun.next_action));
  // The operation changes; the run that has begun does not.
  sandbox.write(repository, { 'docs/operations/billing/OPERATION.md': PAGE.replace('once', 'twice') });
  commitAll(sandbox, repository);
  expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
});

it('W2: every verb and rule works on a run as on a ticket', () => {
  const { sandbox, repository, treework } = operation();
  done(treework(['new', 'run']));
  commitAll(sandbox, repository);
  const node = (...args: string[]) => ask(sandbox, repository, ['node', ...args]);
  // The only open ticket, so nothing has to be said.
  expect(node('start', 'collect', '--by', 'impl-1')).toMatchObject({ ticket: 'billing-2026-11', created: [`${RUN}/nodes/collect.md`] });
  commitAll(sandbox, repository);
  // From inside its folder, with a real ticket beside it.
  sandbox.write(repository, { 'docs/specs/PROJ-7/spec.md': specOf('The system SHALL wait.') });
  expect(ask(sandbox, repository, ['node', 'start', 'send'], 2).error.code).toBe('ticket-ambiguous');
  expect(ask(sandbox, `${repository}/${RUN}`, ['node', 'start', 'send', '--by', 'x'], 2).error.message).toContain('waiting for collect');
  sandbox.write(repository, { 'usage/november.csv': '1\n' });
  ask(sandbox, `${repository}/${RUN}`, ['node', 'done', 'collect', '--by', 'impl-1', '--l0', 'November is collected']);
  ask(sandbox, `${repository}/${RUN}`, ['node', 'complete', 'collect', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'review-1']);
  commitAll(sandbox, repository);
  const started = ask(sandbox, `${repository}/${RUN}`, ['node', 'start', 'send', '--by', 'impl-1']);
  expect(started.nodes[0].entries[0]).toMatchObject({ wave: 2 });
  commitAll(sandbox, repository);
  expect(ask(sandbox, `${repository}/${RUN}`, ['new', 'change', '--impact', 'additive', '--title', 'Reminders']).created).toEqual([`${RUN}/changes/001-reminders.md`]);
  expect(ask(sandbox, `${repository}/${RUN}`, ['fork', 'open', 'approve', '--reason', 'No approver', '--sub', 'PROJ-9']).created).toEqual([`${RUN}/forks/001-no-approver.md`, 'docs/specs/PROJ-9/spec.md']);
  commitAll(sandbox, repository);
  expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  // The freeze holds, at the commit and in an audit.
  sandbox.write(repository, { [`${RUN}/spec.md`]: sandbox.read(repository, `${RUN}/spec.md`).replace('once', 'twice') });
  const errors = (args: string[]) => ask(sandbox, repository, args, 1).findings.filter((one: { severity: string }) => one.severity === 'error');
  expect(errors(['check'])).toMatchObject([{ rule: 'spec-frozen', path: `${RUN}/spec.md` }]);
  sandbox.git(repository, 'add', '.');
  expect(errors(['check', '--staged'])).toMatchObject([{ rule: 'spec-frozen' }]);
});

it('hooks judge a run: a commit that edits its frozen spec is refused', () => {
  const { sandbox, repository, treework } = operation();
  done(treework(['init', '--yes']));
  done(treework(['new', 'run']));
  commitAll(sandbox, repository);
  sandbox.write(repository, { [`${RUN}/spec.md`]: sandbox.read(repository, `${RUN}/spec.md`).replace('once', 'twice') });
  sandbox.git(repository, 'add', '.');
  const answer = sandbox.run('git', ['commit', '-qm', 'docs: slip'], { cwd: repository });
  expect([answer.status, answer.output]).toEqual([1, expect.stringContaining('spec-frozen')]);
  // Nor does it leave by another way than the archive.
  sandbox.git(repository, 'checkout', '-q', 'HEAD', '--', '.');
  sandbox.git(repository, 'mv', RUN, 'docs/operations/billing/runs/old');
  expect(sandbox.run('git', ['commit', '-qm', 'docs: hide'], { cwd: repository }).output).toContain('spec-frozen');
});

it('a finished run goes to the archive under its id, and its period stays taken', () => {
  const { sandbox, repository, treework } = operation(PAGE.replace(/ {2}- \{id: send[^]*?depends_on: \[send\]\}\n/, '').replace('{id: collect, covers: none', '{id: collect'));
  done(treework(['new', 'run']));
  ask(sandbox, repository, ['node', 'skip', 'collect', '--by', 'dana', '--reason', 'Nothing was used']);
  commitAll(sandbox, repository);
  const archived = 'docs/specs/ARCHIVED/billing-2026-11';
  mkdirSync(join(sandbox.root, repository, dirname(archived)), { recursive: true });
  sandbox.git(repository, 'mv', RUN, archived);
  expect(ask(sandbox, repository, ['check', '--staged']).findings.filter((one: { severity: string }) => one.severity === 'error')).toEqual([]);
  commitAll(sandbox, repository);
  expect(json(treework(['new', 'run', '--json'])).error).toMatchObject({ code: 'exists', message: expect.stringContaining(archived) });
  expect(ask(sandbox, repository, ['node', 'start', 'collect', '--ticket', 'billing-2026-11'], 2).error.code).toBe('ticket-archived');
});

it('rules about folders and messages hold for a run', () => {
  const { sandbox, repository, treework } = operation();
  done(treework(['init', '--yes']));
  done(treework(['new', 'run']));
  commitAll(sandbox, repository);
  const rulesOf = (...args: string[]) => ask(sandbox, repository, ['check', ...args], 1).findings.map((one: { rule: string; path: string }) => `${one.rule} ${one.path}`);
  sandbox.write(repository, { [`${RUN}/notes.txt`]: 'x\n' });
  expect(rulesOf()).toEqual([`directory-standard ${RUN}/notes.txt`]);
  sandbox.run('rm', [`${RUN}/notes.txt`], { cwd: repository });
  // Beside its archived self.
  sandbox.write(repository, { 'docs/specs/ARCHIVED/billing-2026-11/spec.md': sandbox.read(repository, `${RUN}/spec.md`) });
  expect(rulesOf()).toContainEqual(expect.stringContaining('ticket-one-place'));
  sandbox.run('rm', ['-r', 'docs/specs/ARCHIVED'], { cwd: repository });
  // A commit of one of its nodes stays in that node's scope.
  ask(sandbox, repository, ['node', 'start', 'collect', '--by', 'impl-1']);
  sandbox.write(repository, { 'src/a.ts': 'export {};\n' });
  sandbox.git(repository, 'add', '.');
  expect(sandbox.run('git', ['commit', '-qm', 'feat: bills\n\nNode: billing-2026-11/collect'], { cwd: repository }).output).toContain('scope-respected');
  sandbox.git(repository, 'restore', '--staged', 'src/a.ts');
  done(sandbox.run('git', ['commit', '-qm', 'feat: bills\n\nNode: billing-2026-11/collect'], { cwd: repository }));
  expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'billing-2026-12', '--title', 'x'], 2).error).toMatchObject({ code: 'ticket-run', hint: 'treework new run --operation billing --period 2026-12' });
});

it('a period has one run: not a second one here, on another branch, or in another work tree', () => {
  const { sandbox, repository, treework } = operation();
  sandbox.git(repository, 'switch', '-q', '-c', 'side');
  done(treework(['new', 'run']));
  commitAll(sandbox, repository);
  expect(json(treework(['new', 'run', '--json'])).error).toMatchObject({ code: 'exists' });
  sandbox.git(repository, 'switch', '-q', 'main');
  expect(json(treework(['new', 'run', '--json'])).error).toMatchObject({ code: 'exists', message: expect.stringContaining('2026-11') });
  sandbox.git(repository, 'worktree', 'add', '-q', '../other', '-b', 'other');
  done(treework(['new', 'run', '--period', '2026-10', '--cwd', '../other']));
  expect(json(treework(['new', 'run', '--period', '2026-10', '--json'])).error).toMatchObject({ code: 'exists' });
  done(sandbox.run('sh', ['-c', 'for i in 1 2 3 4 5 6; do treework new run --period 2026-12 >/dev/null 2>&1 & done; wait'], { cwd: repository }));
  expect(sandbox.exists(repository, 'docs/operations/billing/runs/2026-12/tasks.md')).toBe(true);
  expect(sandbox.treework(repository, 'check').status).toBe(0);
});

it.each([
  ['daily', '2026-11-20', '2026-11'],
  ['weekly', '2026-W47', '2026-W54'],
  ['monthly', '2026-11', '2026-13'],
  ['quarterly', '2026-Q4', '2026-Q5'],
  ['yearly', '2026', '26'],
])('a %s operation begins the period that now is in, %s, and takes no %s', (cadence, expected, wrong) => {
  const { sandbox, repository, treework } = operation(PAGE.replace('period: monthly', `period: ${cadence}`));
  const begun = json(done(treework(['new', 'run', '--json'])));
  expect(begun.created).toContain(`docs/operations/billing/runs/${expected}/tasks.md`);
  expect(runOf(begun.ticket)).toEqual({ name: 'billing', period: expected });
  expect(json(treework(['new', 'run', '--period', wrong, '--json'])).error.code).toBe('period');
  expect(ask(sandbox, repository, ['node', 'start', 'collect', '--by', 'x']).ticket).toBe(begun.ticket);
});

it('an operation on demand asks for its period, and has several runs on one day', () => {
  const { treework } = operation(PAGE.replace('period: monthly\n', ''));
  expect(json(treework(['new', 'run', '--json'])).error).toMatchObject({ code: 'period', hint: 'treework new run --operation billing --period 2026-11-20' });
  done(treework(['new', 'run', '--period', '2026-11-20']));
  const second = json(treework(['new', 'run', '--period', '2026-11-20', '--json'])).error;
  expect(second.hint).toBe('treework new run --operation billing --period 2026-11-20-2');
  expect(json(done(treework(['new', 'run', '--period', '2026-11-20-2', '--json']))).ticket).toBe('billing-2026-11-20-2');
});

it('refuses a run of nothing, of an unfilled page, or under a name that no id can have; nothing is written', () => {
  const { sandbox, repository, treework } = operation(PAGE.replace('See ', '[[fill: when]] '));
  expect(json(treework(['new', 'run', '--json']))).toMatchObject({ ok: false, findings: [{ rule: 'placeholder-unfilled' }] });
  expect(json(treework(['new', 'run', '--operation', 'biling', '--json'])).error).toMatchObject({ code: 'operation-unknown', hint: 'treework new run --operation billing' });
  sandbox.write(repository, { 'docs/operations/2nd_level/OPERATION.md': PAGE });
  expect(json(treework(['new', 'run', '--json'])).error.message).toContain('--operation');
  expect(json(treework(['new', 'run', '--operation', '2nd_level', '--json'])).error.code).toBe('operation-name');
  expect(json(treework(['new', 'run', '--operation', 'billing', '--period', '../../x', '--json'])).ok).toBe(false);
  expect(status(sandbox, repository)).toBe('?? docs/operations/2nd_level/OPERATION.md\n');
  const bare = operation();
  bare.sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
  expect(json(bare.treework(['new', 'run', '--json'])).error.hint).toContain('new operation');
});

describe('which paths are runs', () => {
  const on = settingsOf({ kinds: { operation: {} } });
  const off = settingsOf({});

  it('only where operations are switched on, and only below runs/<period>', () => {
    expect(placeOf(on, `${RUN}/nodes/build.md`)).toEqual({ ticket: 'billing-2026-11', folder: RUN, archived: false, kind: 'node', name: 'build' });
    expect(placeOf(on, `${RUN}/whatever.txt`)).toMatchObject({ kind: 'stray', ticket: 'billing-2026-11' });
    expect(placeOf(off, `${RUN}/nodes/build.md`)).toBeUndefined();
    for (const path of [RUN, 'docs/operations/billing/runs/README.md', 'docs/operations/billing/runs/november/tasks.md', 'docs/operations/billing/notes/2026-11/tasks.md', 'docs/operations/Billing_2/runs/2026-11/tasks.md']) expect(placeOf(on, path), path).toBeUndefined();
    expect(placeOf(on, 'docs/operations/billing/OPERATION.md')?.kind).toBe('operation');
    expect(settingsOf({ kinds: { operation: { path: 'ops/{{slug}}/OP.md' } } }).layout.operations).toBe('ops');
    expect(settingsOf({ kinds: { operation: { path: 'OPERATION.md' } } }).layout.operations).toBeUndefined();
  });

  it('a tracker’s ids are no runs, whatever its numbers', () => {
    for (const id of ['PROJ-7', 'GH-2026', 'proj-2026', 'add-auth-k3f9', 'a-b-w470', 'PROJ-2026-11']) expect([runOf(id), ticketFolder(on, id)], id).toEqual([undefined, `docs/specs/${id}`]);
    expect(ticketFolder(on, 'billing-2026-11')).toBe(RUN);
    expect(ticketFolder(off, 'billing-2026-11')).toBe('docs/specs/billing-2026-11');
    // A tracker's own pattern does not shut runs out.
    const { ticketPattern } = settingsOf({ kinds: { operation: {} }, tickets: { pattern: 'PROJ-[0-9]+' } });
    expect(['PROJ-7', 'billing-2026-11', 'audit-Y2026', 'other-thing'].map((id) => ticketPattern.test(id))).toEqual([true, true, true, false]);
  });

  it('every id means the name and the period it was made of', () => {
    for (const name of ['a', 'billing', 'close-the-books', 'x-2', 'y2026', 'q-4', 'a-11', 'w-47']) {
      for (const period of ['2026', '2026-11', '2026-W47', '2026-Q4', '2026-11-20', '2026-11-20-2', '1999-01-01-999']) {
        expect(isPeriod(period)).toBe(true);
        expect(runOf(runId({ name, period }))).toEqual({ name, period });
      }
    }
    for (const text of ['26', '2026-1', '2026-Q5', '2026-W7', '2026-11-2', 'november', '2026-11-20-', '2026/11']) expect(isPeriod(text), text).toBe(false);
  });
});

describe('periods', () => {
  it('weeks are those of ISO 8601, at the ends of years too', () => {
    expect(['2026-01-01', '2027-01-01', '2021-01-03', '2020-12-31', '2024-12-30', '2026-11-20'].map((date) => periodAt('weekly', new Date(`${date}T12:00:00Z`)))).toEqual(['2026-W01', '2026-W53', '2020-W53', '2020-W53', '2025-W01', '2026-W47']);
    expect([periodProblem('weekly', '2026-W53'), periodProblem('weekly', '2025-W53'), periodProblem('weekly', '2025-W00')]).toEqual([undefined, expect.stringContaining('calendar'), expect.stringContaining('calendar')]);
  });

  it('a day that no calendar has is refused, a month that begins a quarter is in it', () => {
    expect([periodProblem('daily', '2026-02-29'), periodProblem('daily', '2028-02-29'), periodProblem('on-demand', '2026-02-30-2')]).toEqual([expect.stringContaining('calendar'), undefined, expect.stringContaining('calendar')]);
    expect(['01', '03', '04', '12'].map((month) => periodAt('quarterly', new Date(`2026-${month}-28T00:00:00Z`)))).toEqual(['2026-Q1', '2026-Q1', '2026-Q2', '2026-Q4']);
    expect(periodAt('on-demand', new Date())).toBeUndefined();
  });
});

it('a node’s record in a run that says what cannot be is refused, as in a ticket', () => {
  const { sandbox, repository, treework } = operation();
  done(treework(['new', 'run']));
  sandbox.write(repository, { [`${RUN}/nodes/nobody.md`]: nodeOf(specOf('x'), 'nobody') });
  expect(ask(sandbox, repository, ['check'], 1).findings.map((one: { rule: string }) => one.rule).sort()).toEqual(['node-record-orphan', 'spec-frozen']);
});
