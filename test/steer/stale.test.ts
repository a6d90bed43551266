import { afterEach, expect, it } from 'vitest';
import { settingsOf } from '../../src/documents/settings.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { restOf } from '../../src/workflow/stale.ts';
import { ticketIn, type Ticket } from '../../src/workflow/ticket.ts';
import { FOLDER, nodeOf, SPEC, specOf, tasksOf } from '../harness/governed.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { Sandbox } from '../harness/sandbox.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const SINCE = '2026-11-01T12:00:00Z';
const started = nodeOf(SPEC).replace('2099-01-01T00:00:00Z', SINCE);

function ticket(files: Record<string, string>, archived = false): Ticket {
  return ticketIn(new Snapshot(new MemoryTree(files), settingsOf({})), FOLDER, 'PROJ-7', archived);
}

const OPEN = { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: started };
const at = (days: number): Date => new Date(Date.parse(SINCE) + days * 86_400_000);

it('W8: a pointer that has not moved in 14 days is at rest from the fifteenth on', () => {
  expect([restOf(ticket(OPEN), at(14.9)), restOf(ticket(OPEN), at(15))]).toEqual([undefined, { days: 15, since: new Date(SINCE), node: 'build', where: 'the current node is build (in_progress)' }]);
  expect(restOf(ticket(OPEN), at(4), 3)?.days).toBe(4);
});

it('W8: every history counts: whatever moved last', () => {
  const change = `---\ntitle: More\nimpact: additive\nstatus: proposed\nhistory:\n  - {to: proposed, by: a, at: 2026-11-10T12:00:00Z}\n---\n`;
  expect(restOf(ticket({ ...OPEN, [`${FOLDER}/changes/001-more.md`]: change }), at(20))).toBeUndefined();
  expect(restOf(ticket({ ...OPEN, [`${FOLDER}/changes/001-more.md`]: change }), at(25))).toMatchObject({ days: 16 });
});

it('W8: what nobody has begun, what is done and what is archived is not at rest; times that are none are passed over', () => {
  const done = started.replace('status: in_progress', 'status: skipped').replace('}\n---', '}\n  - {to: skipped, by: dana, at: 2026-11-02T00:00:00Z, reason: No}\n---');
  expect(restOf(ticket({ [`${FOLDER}/tasks.md`]: tasksOf(SPEC) }), at(99))).toBeUndefined();
  expect(restOf(ticket({ ...OPEN, [`${FOLDER}/nodes/build.md`]: done }), at(99))).toBeUndefined();
  expect(restOf(ticket(OPEN, true), at(99))).toBeUndefined();
  expect(restOf(ticket({ ...OPEN, [`${FOLDER}/nodes/build.md`]: started.replace(SINCE, 'yesterday') }), at(99))).toBeUndefined();
});

it('W8: a fork that nobody works on shows as what it is held up at', () => {
  const fork = '---\nreason: No limiter\nspawned_from: build\nreturn_to: build\nsub_workflow: PROJ-9\n---\n';
  expect(restOf(ticket({ ...OPEN, [`${FOLDER}/forks/001-no-limiter.md`]: fork }), at(20))).toMatchObject({ node: 'build', where: 'it is blocked at build' });
});

it('W8: `next` says it, to people and in JSON', () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...OPEN });
  const next = (now: string, ...args: string[]) => sandbox.run('treework', ['next', ...args], { cwd: 'repo', env: { TREEWORK_NOW: now } }).stdout;
  expect(JSON.parse(next('2026-11-20T12:00:00Z', '--json'))).toMatchObject({ ticket: 'PROJ-7', at_rest: { days: 19, since: '2026-11-01' } });
  expect(next('2026-11-20T12:00:00Z')).toContain('left alone for 19 days');
  expect(JSON.parse(next('2026-11-10T12:00:00Z', '--json'))).not.toHaveProperty('at_rest');
});

it('W8: `check` of the work tree surfaces it as a warning, from day to day, and a remembered audit does not hide it', () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const other = specOf('The system SHALL wait.', 'PROJ-8');
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...OPEN, 'docs/specs/PROJ-8/spec.md': other, 'docs/specs/PROJ-8/tasks.md': tasksOf(other, 'PROJ-8') });
  const check = (now: string, ...paths: string[]) => {
    const answer = sandbox.run('treework', ['check', '--json', ...paths], { cwd: 'repo', env: { TREEWORK_NOW: now } });
    return [answer.status, ...(JSON.parse(answer.stdout) as { findings: { rule: string; severity: string; message: string }[] }).findings.map(({ rule, severity, message }) => `${rule} ${severity} ${/for \d+ days/.exec(message)?.[0]}`)];
  };
  expect(check('2026-11-15T23:00:00Z')).toEqual([0]);
  expect(check('2026-11-16T23:00:00Z')).toEqual([0]);
  // Of whole days, so that an audit is a function of its trees and of the day.
  expect(check('2026-11-17T01:00:00Z')).toEqual([0, 'workflow-stale warning for 15 days']);
  expect(check('2026-11-17T23:00:00Z')).toEqual([0, 'workflow-stale warning for 15 days']);
  expect(check('2026-11-18T00:00:00Z')).toEqual([0, 'workflow-stale warning for 16 days']);
  expect(check('2026-11-15T23:00:00Z')).toEqual([0]);
  expect(check('2026-11-18T00:00:00Z', 'docs/specs/PROJ-7')).toEqual([0]);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nrules: {workflow-stale: off}\n---\n' });
  expect(check('2026-11-18T00:00:00Z')).toEqual([0]);
  sandbox.write('repo', { 'WORKSPACE.md': '---\ntreework: 1\nstale_days: 30\n---\n' });
  expect(check('2026-11-18T00:00:00Z')).toEqual([0]);
});
