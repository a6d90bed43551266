import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { appendItem, removeKey, renderFrontmatter, setValue } from '../documents/edit.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { readBytes } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import { withWorkTree } from '../git/work-tree.ts';
import type { Edit } from '../tree/edit.ts';
import type { Tree } from '../tree/tree.ts';
import { ticketLaw } from '../workflow/node-law.ts';
import { ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { applyStep, type NodeStep, type RecordChange } from '../workflow/node-transition.ts';
import { scopeOf } from '../workflow/scope.ts';
import { scopeRoots } from '../workflow/scope-digest.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import { wavesOf, type Waves } from '../workflow/wave.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket, type FrozenTicket } from './frozen-ticket.ts';
import { judgeEdits } from './judge-edits.ts';
import { claimFree, mayStart } from './node-claim.ts';
import { evidenceOf } from './node-evidence.ts';
import { editable } from './tasks-file.ts';
import { existingTicket, openWorkspace, type Workspace } from './workspace.ts';

/** One node's change, and the edit that makes it. */
interface Step {
  readonly state: NodeState;
  readonly path: string;
  readonly change: RecordChange;
  readonly edit: Edit;
}

/** What a verb has found out itself, beside what its options say. */
export interface Found {
  /** Keys of the entry, such as `command` and `red`. */
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** The record with another body, from its text as it is written. */
  readonly body?: (record: string) => string;
}

/** Applies one verb to some nodes: all of them or none, one file each. */
export async function stepNodes(invocation: Invocation, verb: NodeVerb, ids: readonly string[], found: Found = {}): Promise<Outcome> {
  if (ids.length === 0) throw new UserError(`Unexpected absence of a node, expected the node to ${verb}`, `${invocation.program} ${verb === 'retry' ? verb : `node ${verb}`} NODE`, 'usage');
  const workspace = openWorkspace(invocation);
  const id = existingTicket(workspace, invocation);
  const by = actorOf(workspace.repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  return withWorkTree(workspace.repository, rootsOf(workspace, id, ids), (work) => {
    const frozen = frozenTicket(workspace, work, id, invocation.program);
    const status = ticketStatus(frozen.ticket, workspace.settings.execution.maxRetries);
    const at = now();
    const waves = wavesOf(status, workspace.settings);
    const steps: Step[] = [];
    for (const node of new Set(ids)) steps.push(stepOf(workspace, invocation, frozen, status, work, { verb, by, at, node, waves, begun: steps.map(({ state }) => state.node.id), found }));
    const edits = steps.map(({ edit }) => edit);
    const findings = judgeEdits(workspace, work, edits, invocation.program, 'new');
    if (findings.length > 0) return refuse(work, findings, invocation, `${[...new Set(ids)].join(', ')} cannot be written like this; nothing was written`);
    return withLock(join(workspace.repository.commonDir, 'treework', 'claim.lock'), () => {
      for (const { state, path } of steps) claimFree(workspace, path, state, invocation.program);
      return write(workspace, invocation, {
        edits,
        message: `chore(${id}): ${verb} ${[...new Set(ids)].join(', ')}`,
        description: 'commit the record with the work it is about',
        done: steps.map(({ state, change }) => `${state.node.id} is ${String(change.set.status)} by ${by}`).join('\n'),
        json: { ticket: id, by, nodes: steps.map(({ state, path, change }) => ({ node: state.node.id, status: change.set.status, path, entries: change.appended })), node: ids[0], status: steps[0]?.change.set.status },
      });
    });
  });
}

interface Asked {
  readonly verb: NodeVerb;
  readonly by: string;
  readonly at: string;
  readonly node: string;
  readonly waves: Waves;
  /** Nodes that the same call has begun already. */
  readonly begun: readonly string[];
  readonly found: Found;
}

function stepOf(workspace: Workspace, invocation: Invocation, frozen: FrozenTicket, status: TicketStatus, work: Tree, asked: Asked): Step {
  const { ticket } = frozen;
  const state = status.byId.get(asked.node);
  if (!state) throw new UserError(`Unexpected node ${asked.node}, expected one of ${status.nodes.slice(0, 20).map((one) => one.node.id).join(', ')}`, `look at ${frozen.tasks.path}`, 'node-unknown');
  const isPhase = state.node.children.length > 0 || state.node.data.type === 'phase';
  if (isPhase && asked.verb !== 'skip' && asked.verb !== 'reset') throw new UserError(`Unexpected ${asked.verb} of the phase ${asked.node}, expected one of the nodes in it: its status follows from theirs`, `${invocation.program} node ${asked.verb} ${state.node.children[0]?.id ?? 'NODE'}`, 'node-phase');
  if (asked.verb === 'start' || asked.verb === 'retry') mayStart(state, asked.waves, asked.begun, asked.verb, invocation.program);
  const law = ticketLaw(ticket, workspace.settings.execution.maxRetries);
  const said = evidenceOf(workspace, invocation, { frozen, state, wave: asked.waves.number, work, verb: asked.verb, digests: law.digests() });
  const step: NodeStep = { verb: asked.verb, by: asked.by, at: asked.at, ...said, evidence: { ...said.evidence, ...asked.found.evidence } };
  const path = `${frozen.folder}/nodes/${asked.node}.md`;
  const change = applyStep(asked.node, state.record?.data, step, law.lawOf(state.node));
  if ('refused' in change) throw new UserError(change.refused, `${invocation.program} explain node-status-explained has the table`, 'node-transition');
  const edit = editOf(workspace, path, state, change);
  const { body } = asked.found;
  return { state, path, change, edit: body && edit.content !== undefined ? { ...edit, content: body(edit.content.toString()) } : edit };
}

function editOf(workspace: Workspace, path: string, { record }: NodeState, change: RecordChange): Edit {
  if (!record) return { path, content: renderFrontmatter({ ...change.set, history: change.appended }), expect: 'absent' };
  const file = editable(workspace, path);
  const without = change.removed.reduce((text, key) => removeKey(text, [key]), file.text);
  const grown = change.appended.reduce((text, entry) => appendItem(text, ['history'], entry), without);
  return { path, content: Object.entries(change.set).reduce((text, [key, value]) => setValue(text, [key], value), grown), expect: file.bytes };
}

/** What has to be read of the work tree: the ticket's folder, and what is in the nodes' scopes. */
function rootsOf({ repository, settings }: Workspace, id: string, ids: readonly string[]): string[] {
  const [folder, archived] = [ticketFolder(settings, id), archivedFolder(settings, id)];
  const tasks = readBytes(join(repository.workRoot, folder, 'tasks.md'));
  const nodes = tasks ? taskNodes(parseDocument(tasks).data ?? {}).filter((node) => ids.includes(node.id)) : [];
  const roots = nodes.flatMap((node) => {
    const scope = scopeOf(node, settings.modules);
    return scope ? scopeRoots(scope) : [];
  });
  return roots.includes('') ? [''] : [WORKSPACE_PATH, folder, archived, ...new Set(roots)];
}
