import { isFirst } from '../git/session-marks.ts';
import { readBytes } from '../git/files.ts';
import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { blocking, NOTHING, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Steps before which nobody should leave: what stands there is broken, or in no commit. */
const UNFINISHED = new Set(['resolve', 'mend', 'keep-edit', 'commit']);

/** When the agent stops: blocked once for each inconsistent state, never while it was blocked already or something runs. */
export async function stopping(input: AgentInput, program: string): Promise<AgentAnswer> {
  const { session, raw } = input;
  const isBusy = Array.isArray(raw.background_tasks) && raw.background_tasks.length > 0;
  if (session === undefined || raw.stop_hook_active === true || isBusy) return NOTHING;
  const workspace = openWorkspace({ cwd: input.cwd, program });
  const { nextOf } = await import('./next-action.ts');
  const { step, action, ticket } = await nextOf(workspace, { values: {}, positionals: [], cwd: input.cwd, json: true, program, color: false }, undefined, 'here');
  if (!step || !ticket || !UNFINISHED.has(step.id)) return NOTHING;
  // A checkpoint is kept where it is, committed or not.
  if (step.commit?.paths.every((path) => path.startsWith(`${ticket.folder}/checkpoints/`))) return NOTHING;
  const state = JSON.stringify([ticket.id, step.id, step.description, step.path, step.paths, step.commit]);
  if (!isFirst(workspace.repository, session, `stop ${state}`)) return NOTHING;
  const how = action.command === undefined ? '' : `: ${action.command}`;
  return blocking(`${ticket.id} is left in a state that the next session would trip over. Before stopping, ${step.description}${how}. This is said once; stopping again is let through.`);
}

/** The reply that an agent of a role ends with: `NODE: TICKET/node` and `STATE: done`. */
const REPLY = /^NODE:\s*([A-Za-z][\w-]*)\/([a-z0-9-]+)\s*$/m;

/** When a sub-agent stops that says it is done: its record has to say so too. The client's own summariser is left alone. */
export function subagentStopping(input: AgentInput, program: string): AgentAnswer {
  const { session, raw } = input;
  const said = typeof raw.last_assistant_message === 'string' ? raw.last_assistant_message : '';
  const [, ticket, node] = REPLY.exec(said) ?? [];
  if (session === undefined || raw.agent_type === '' || raw.stop_hook_active === true || ticket === undefined || node === undefined || !/^STATE:\s*done\b/m.test(said)) return NOTHING;
  const workspace = openWorkspace({ cwd: input.cwd, program });
  if (isSaid(workspace, ticket, node) || !isFirst(workspace.repository, session, `subagent ${String(raw.agent_id)} ${ticket}/${node}`)) return NOTHING;
  return blocking(`${ticket}/${node} is said to be done, and its record does not say so: ${program} node done ${node} --ticket ${ticket} --l0 "WHAT WAS MADE, IN ONE LINE"`);
}

/** A task of the client's list that names a node, `TICKET/node`, is over when the node's record says so. */
export function taskCompleted(input: AgentInput, program: string): AgentAnswer {
  const subject = typeof input.raw.task_subject === 'string' ? input.raw.task_subject : '';
  const [, ticket, node] = /\b([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)\/([a-z0-9][a-z0-9-]*)\b/.exec(subject) ?? [];
  if (ticket === undefined || node === undefined) return NOTHING;
  const workspace = openWorkspace({ cwd: input.cwd, program });
  const plan = readBytes(join(workspace.repository.workRoot, ticketFolder(workspace.settings, ticket), 'tasks.md'));
  // A subject may look like a node and be none.
  if (!plan?.includes(node) || isSaid(workspace, ticket, node)) return NOTHING;
  return { exit: 2, stdout: '', stderr: `${ticket}/${node} is not done by its record: ${program} node done ${node} --ticket ${ticket} --l0 "WHAT WAS MADE, IN ONE LINE", and a reviewer completes it\n` };
}

/** Whether the record holds its implementer's last word, or what came after it. */
function isSaid({ repository, settings }: Workspace, ticket: string, node: string): boolean {
  const bytes = readBytes(join(repository.workRoot, ticketFolder(settings, ticket), 'nodes', `${node}.md`));
  const data = bytes && parseDocument(bytes).data;
  if (!data) return false;
  const last = Array.isArray(data.history) ? (data.history.at(-1) as { done?: unknown } | undefined) : undefined;
  return data.status !== 'in_progress' || last?.done === true;
}
