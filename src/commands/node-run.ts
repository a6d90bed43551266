import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { withLock } from '../git/lock.ts';
import { runCommand } from '../git/run-command.ts';
import { commandFindings, endOf, lastLines, withOutput, type CommandRun } from '../workflow/command-output.ts';
import { actorKey } from '../workflow/node-record.ts';
import { ticketStatus, type NodeState } from '../workflow/node-status.ts';
import { leafTypeOf } from '../workflow/task-tree.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket } from './frozen-ticket.ts';
import { secondsOf } from './inputs.ts';
import { stepNodes } from './node-step.ts';
import { existingTicket, openWorkspace, withTicket } from './workspace.ts';

/** A build or a test suite takes long on a slow machine; what takes longer hangs. */
const LIMIT_S = 1800;

/**
 * Does a command node: starts it, runs its command at the repository's root, and completes it with the
 * exit status 0 or fails it with what was wrong. Killed in between it stays in progress, and the same
 * actor's next run goes on from there.
 */
export async function runNode(invocation: Invocation, ids: readonly string[]): Promise<Outcome> {
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) throw new UserError(`Unexpected ${ids.length} nodes, expected the one to run`, `${invocation.program} node run NODE`, 'usage');
  const limit = secondsOf(invocation.values, 'timeout') ?? LIMIT_S;
  const workspace = openWorkspace(invocation);
  const { repository } = workspace;
  const ticket = existingTicket(workspace, invocation);
  const by = actorOf(repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  const state = await withTicket(workspace, ticket, (work) => ticketStatus(frozenTicket(workspace, work, ticket, invocation.program).ticket).byId.get(id));
  const command = commandOf(state, id, ticket, invocation);
  if (invocation.values['dry-run'] === true) return { exit: 0, json: { dry_run: true, ticket, node: id, command, cwd: repository.workRoot }, text: `would run in ${repository.workRoot}:\n  ${command}` };
  const since = goesOn(state as NodeState, by, invocation);
  const acting: Invocation = { ...invocation, values: { ...invocation.values, by, ticket } };
  return withLock(repository.statePath('runs', `${ticket}-${id}.lock`), async () => {
    if (since === undefined) {
      // The record is committed once, when the command has ended.
      const started = await stepNodes({ ...acting, values: { ...acting.values, commit: undefined } }, 'start', [id]);
      if (started.exit !== 0) return started;
    }
    const run = { ...(await runCommand(command, { cwd: repository.workRoot, seconds: limit })), limit };
    return record(acting, id, run, since);
  }, 0);
}

/** Zero checks are no pass: a node that says nothing to run is not run. */
function commandOf(state: NodeState | undefined, id: string, ticket: string, { program }: Invocation): string {
  if (!state) throw new UserError(`Unexpected node ${id}, expected one of ${ticket}`, `${program} node --help`, 'node-unknown');
  const { node } = state;
  const type = node.children.length > 0 ? 'phase' : leafTypeOf(node);
  if (type !== 'command') throw new UserError(`Unexpected run of ${id}, which is of type ${type}, expected a node of type command`, type === 'phase' ? `${program} node run ${node.children[0]?.id ?? 'NODE'}` : `${program} node start ${id}`, 'node-type');
  const { command } = node.data;
  const isText = typeof command === 'string' && command.split('\n').some((line) => /^\s*[^\s#]/.test(line));
  if (!isText) throw new UserError(`Unexpected command node ${id} without a command, expected something that is run: nothing checked is no pass`, `write command: at ${id} in tasks.md of ${ticket}, such as command: npm run lint`, 'node-command');
  return command;
}

/** Since when it is in progress, where this actor began it; undefined where it has to be started. */
function goesOn({ node, life, record: document }: NodeState, by: string, { program }: Invocation): string | undefined {
  if (life.standing !== 'in_progress') return undefined;
  if (!life.implementers.some((one) => actorKey(one) === actorKey(by))) {
    throw new UserError(`Unexpected run of ${node.id} by ${by}, which ${life.implementers.join(', ')} has begun, expected one claim at a time`, `wait for it, or ${program} node release ${node.id} --reason "WHY"`, 'node-claimed');
  }
  const history = document?.data.history as readonly { readonly to?: unknown; readonly at?: unknown }[];
  return String(history.findLast(({ to }) => to === 'in_progress')?.at);
}

async function record(invocation: Invocation, id: string, run: CommandRun, since: string | undefined): Promise<Outcome> {
  const passed = run.exit === 0 && !run.isOverdue;
  const values = passed ? { exit: '0' } : { finding: commandFindings(run) };
  const status = run.exit === undefined || run.isOverdue ? {} : { exit: run.exit };
  const found = { evidence: { command: run.command, ...status }, body: (text: string) => withOutput(text, run) };
  const written = await stepNodes({ ...invocation, values: { ...invocation.values, ...values } }, passed ? 'complete' : 'fail', [id], found);
  const { lines } = lastLines(run.output, 20, 2000);
  const notes = since === undefined ? [] : [`${id} was in progress since ${since}: it was run once more`];
  return {
    ...written,
    exit: passed ? written.exit : 1,
    json: { ...written.json, command: run.command, exit: run.exit ?? null, signal: run.signal ?? null, timed_out: run.isOverdue, seconds: Number(run.seconds.toFixed(3)), continued: since !== undefined, output: { bytes: run.output.bytes, tail: lines.join('\n') } },
    text: () => [...notes, ...(passed ? [] : lines.map((line) => `  ${line}`)), `${endOf(run)} after ${run.seconds.toFixed(1)} s: ${run.command.split('\n')[0]}`, typeof written.text === 'string' ? written.text : written.text()].join('\n'),
  };
}
