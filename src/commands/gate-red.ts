import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { gateLines, type ShownRun } from '../render/gate-report.ts';
import type { PlannedGate } from '../workflow/gate-plan.ts';
import { actorKey } from '../workflow/node-record.ts';
import { ticketStatus, type NodeState } from '../workflow/node-status.ts';
import { nearestRole, TEST_WRITER } from '../workflow/roles.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket } from './frozen-ticket.ts';
import { mendAction } from './gate-action.ts';
import { GATE_LIMIT_S, planOf, runOne } from './gate-run.ts';
import { lineOf, secondsOf } from './inputs.ts';
import { stepNodes } from './node-step.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/** What a run of the tests showed before the work. */
interface RedRun {
  readonly planned: PlannedGate;
  readonly runs: readonly ShownRun[];
  readonly run: number;
  readonly failing: number;
  /** Why it proves nothing; undefined when the tests are seen to fail. */
  readonly refused: string | undefined;
}

/**
 * Runs the tests for a node that writes them and records in its last word how many failed. Without a
 * failing test that a runner has counted nothing is written: tests that nobody saw fail may test
 * nothing.
 */
export async function redGate(invocation: Invocation, id: string): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const ticket = existingTicket(workspace, invocation);
  const by = actorOf(workspace.repository, lineOf(invocation.values, 'by'));
  const state = await stateOfNode(workspace, ticket, id, invocation.program);
  mayShowRed(state, by, invocation.program);
  const red = await runRed(workspace, invocation);
  if (red.refused !== undefined) return notRed(invocation, id, red, ['gate', '--red', id, '--ticket', ticket]);
  const said = lineOf(invocation.values, 'l0') ?? (typeof state.record?.data.l0 === 'string' ? state.record.data.l0 : undefined);
  const values = { ...invocation.values, by, ticket, l0: said ?? `${red.failing} of ${red.run} tests fail, as they should before the work` };
  const written = await stepNodes({ ...invocation, values }, 'done', [id], { evidence: redEvidence(red) });
  return { ...written, json: { ...written.json, red: { failing: red.failing }, tests: { run: red.run, failed: red.failing } }, text: () => `red: ${red.failing} of ${red.run} tests fail\n${typeof written.text === 'string' ? written.text : written.text()}` };
}

export function redEvidence({ failing, runs }: RedRun): Readonly<Record<string, unknown>> {
  return { red: { failing }, command: runs.map(({ command }) => command).join(' && ') };
}

export async function runRed(workspace: Workspace, invocation: Pick<Invocation, 'values' | 'program'>): Promise<RedRun> {
  const [planned] = planOf(workspace, ['test']) as [PlannedGate];
  const seconds = secondsOf(invocation.values, 'timeout') ?? GATE_LIMIT_S;
  const runs: ShownRun[] = [];
  for (const one of planned.runs) runs.push(await runOne(workspace.repository.workRoot, one, { seconds }, { percent: undefined, program: invocation.program }));
  const total = (key: 'run' | 'failed') => runs.reduce((sum, { tests }) => sum + (tests?.[key] ?? 0), 0);
  const [run, failing] = [total('run'), total('failed')];
  return { planned, runs, run, failing, refused: whyNot(planned, runs, run, failing) };
}

function whyNot({ state, missing }: PlannedGate, runs: readonly ShownRun[], run: number, failing: number): string | undefined {
  if (state === 'off') return 'Unexpected gates.test: off in WORKSPACE.md, expected tests to run';
  if (missing[0]) return `Unexpected absence of tests to run, expected some: ${missing[0].missing}`;
  const stuck = runs.flatMap(({ problems }) => problems).find(({ code }) => code === 'missing-tool' || code === 'not-prepared' || code === 'overdue');
  if (stuck) return stuck.message;
  if (run === 0 && runs.some(({ exit }) => exit !== 0)) return 'Unexpected end before any test was counted, expected at least one failing test: what does not load or compile shows nothing of what the tests ask for; a stub that they can load is enough';
  if (run === 0) return 'Unexpected run of no test at all, expected at least one that fails: no tests are not red';
  if (failing === 0 && runs.some(({ exit }) => exit !== 0)) return `Unexpected ${run} passing tests and an exit status that says otherwise, expected at least one failing test that the runner counts`;
  if (failing === 0) return `Unexpected ${run} passing ${run === 1 ? 'test' : 'tests'} and none that fails, expected at least one that fails before the work: what passes already asks for nothing new`;
  return runs.some(({ exit, tests }) => exit === 0 && (tests?.failed ?? 0) > 0) ? `Unexpected exit 0 beside ${failing} failing tests, expected a command that does not hide them` : undefined;
}

export function notRed(invocation: Pick<Invocation, 'program' | 'cwd'>, id: string, { planned, runs, refused, run, failing }: RedRun, again: readonly string[]): Outcome {
  return {
    exit: 1,
    json: { node: id, red: null, refused, tests: { run, failed: failing }, runs, next_action: mendAction(invocation, `write a test that fails for what is not there yet: ${refused}`, again, [planned], runs) },
    text: () => [...gateLines([planned], runs), refused as string, `${id} is not seen red; nothing was written`].join('\n'),
  };
}

export async function stateOfNode(workspace: Workspace, ticket: string, id: string, program: string): Promise<NodeState> {
  const state = await withTicket(workspace, ticket, (work) => ticketStatus(frozenTicket(workspace, work, ticket, program).ticket).byId.get(id));
  if (!state) throw new UserError(`Unexpected node ${id}, expected one of ${ticket}`, `${program} node --help`, 'node-unknown');
  return state;
}

function mayShowRed({ node, life }: NodeState, by: string, program: string): void {
  if (node.children.length > 0 || nearestRole(node) !== TEST_WRITER) throw new UserError(`Unexpected --red of ${node.id}, expected a node with role: ${TEST_WRITER}`, `write role: ${TEST_WRITER} at the node that writes the tests`, 'node-role');
  if (life.standing !== 'in_progress') throw new UserError(`Unexpected --red of ${node.id}, which nobody is at work on, expected one that is in progress`, `${program} node start ${node.id}`, 'node-transition');
  if (life.implementers.some((one) => actorKey(one) === actorKey(by))) return;
  throw new UserError(`Unexpected --red of ${node.id} by ${by}, expected ${life.implementers.join(', ')}: it is the last word of who wrote the tests`, `--by ${JSON.stringify(life.implementers[0])}; who checks the work says ${program} node complete ${node.id} --gate --verdict pass --verified-by ${JSON.stringify(by)}`, 'node-claimed');
}
