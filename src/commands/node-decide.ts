import { appendItem, removeKey, renderFrontmatter, setValue } from '../documents/edit.ts';
import { UserError } from '../error.ts';
import type { WorkFile } from '../git/files-below.ts';
import type { Edit } from '../tree/edit.ts';
import type { Tree } from '../tree/tree.ts';
import { ticketLaw } from '../workflow/node-law.ts';
import { ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { applyStep, type NodeStep, type RecordChange } from '../workflow/node-transition.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { leafTypeOf } from '../workflow/task-tree.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import { wavesOf } from '../workflow/wave.ts';
import { refuse, type Written } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket, type FrozenTicket } from './frozen-ticket.ts';
import { judgeState } from './judge-edits.ts';
import { claimFree, mayStart, requireUnblocked, type Elsewhere } from './node-claim.ts';
import { evidenceOf } from './node-evidence.ts';
import type { Workspace } from './workspace.ts';

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

/** One verb for some nodes, with what it was told and what it found. */
export interface Asked {
  readonly verb: NodeVerb;
  readonly ticket: string;
  readonly nodes: readonly string[];
  readonly by: string;
  readonly at: string;
  readonly files: readonly WorkFile[];
  readonly found: Found;
  readonly look: (frozen: FrozenTicket, status: TicketStatus) => Elsewhere;
}

type Governed = Pick<Workspace, 'settings'>;

/**
 * What there is to write, or the findings for which nothing is: from what stands in `work` and
 * elsewhere. Writes nothing and asks nobody else. Throws a UserError for what may not be done now.
 */
export function decideSteps(workspace: Governed, work: Tree, invocation: Invocation, asked: Asked): Written | Outcome {
  const { settings } = workspace;
  const { verb, by, ticket: id, nodes: ids } = asked;
  const frozen = frozenTicket(workspace, work, id, invocation.program);
  const status = ticketStatus(frozen.ticket, settings.execution.maxRetries);
  const elsewhere = asked.look(frozen, status);
  const waves = wavesOf(elsewhere.status, settings);
  const steps: Step[] = [];
  for (const node of ids) {
    const state = stateOf(node, status, frozen, verb, invocation.program);
    if (begins(verb, state)) mayStart(state, verb, { waves, begun: steps.map((step) => step.state.node.id), elsewhere, program: invocation.program });
    else requireUnblocked(state, verb);
    claimFree(state, elsewhere, invocation.program);
    steps.push(stepOf(workspace, invocation, frozen, state, waves.number, asked));
  }
  const edits = steps.map(({ edit }) => edit);
  const findings = judgeState(work, edits, invocation.program);
  if (findings.length > 0) return refuse(work, findings, invocation, `${ids.join(', ')} cannot be written like this; nothing was written`);
  return {
    edits,
    message: `chore(${id}): ${verb} ${ids.join(', ')}`,
    description: 'commit the record with the work it is about',
    done: steps.map(({ state, change }) => `${state.node.id} is ${String(change.set.status)} by ${by}`).join('\n'),
    json: { ticket: id, by, nodes: steps.map(({ state, path, change }) => ({ node: state.node.id, status: change.set.status, path, entries: change.appended })), node: ids[0], status: steps[0]?.change.set.status },
  };
}

/** Verbs whose entries say what the node's files were. */
export function hasScope(verb: NodeVerb): boolean {
  return verb === 'start' || verb === 'retry' || verb === 'done' || verb === 'complete';
}

/** A person's decision about a node that nobody has begun begins it, too. */
function begins(verb: NodeVerb, { life, node }: NodeState): verb is 'start' | 'retry' | 'approve' | 'reject' {
  return verb === 'start' || verb === 'retry' || (leafTypeOf(node) === 'human' && life.standing !== 'in_progress' && (verb === 'approve' || verb === 'reject'));
}

/** The node that is meant. Throws a UserError where there is none, or where its status is not for anybody to say. */
function stateOf(node: string, { byId, nodes }: TicketStatus, { tasks }: FrozenTicket, verb: NodeVerb, program: string): NodeState {
  const state = byId.get(node);
  if (!state) throw new UserError(`Unexpected node ${node}, expected one of ${nodes.slice(0, 20).map((one) => one.node.id).join(', ')}`, `look at ${tasks.path}`, 'node-unknown');
  const isPhase = state.node.children.length > 0 || state.node.data.type === 'phase';
  if (isPhase && verb !== 'skip' && verb !== 'reset') throw new UserError(`Unexpected ${verb} of the phase ${node}, expected one of the nodes in it: its status follows from theirs`, `${program} node ${verb} ${state.node.children[0]?.id ?? 'NODE'}`, 'node-phase');
  const type = leafTypeOf(state.node);
  if (verb === 'complete' && type === 'human') throw new UserError(`Unexpected completion of ${node}, which is for a person to decide, expected an approval`, `${program} node approve ${node} --by WHO, or ${program} node reject ${node} --by WHO --reason "WHY"`, 'node-type');
  if (verb === 'approve' && type !== 'human') throw new UserError(`Unexpected approval of ${node}, which is of type ${type}, expected a node of type human`, `${program} node complete ${node} --verdict pass --verified-by WHO`, 'node-type');
  return state;
}

function stepOf(workspace: Governed, invocation: Invocation, frozen: FrozenTicket, state: NodeState, wave: number, asked: Asked): Step {
  const { verb, by, at, files, found } = asked;
  const law = ticketLaw(frozen.ticket, workspace.settings.execution.maxRetries);
  const said = evidenceOf(workspace, invocation, { frozen, state, wave, files, verb, digests: law.digests() });
  const step: NodeStep = { verb, by, at, ...said, evidence: { ...said.evidence, ...found.evidence } };
  const path = `${frozen.folder}/nodes/${state.node.id}.md`;
  const change = applyStep(state.node.id, state.record?.data, step, law.lawOf(state.node));
  if ('refused' in change) throw new UserError(change.refused, `${invocation.program} explain node-status-explained has the table`, 'node-transition');
  const edit = editOf(path, state, change);
  const { body } = found;
  return { state, path, change, edit: body && edit.content !== undefined ? { ...edit, content: body(edit.content.toString()) } : edit };
}

function editOf(path: string, { record }: NodeState, change: RecordChange): Edit {
  if (!record) return { path, content: renderFrontmatter({ ...change.set, history: change.appended }), expect: 'absent' };
  const text = textOf(record);
  const without = change.removed.reduce((one, key) => removeKey(one, [key]), text);
  const grown = change.appended.reduce((one, entry) => appendItem(one, ['history'], entry), without);
  return { path, content: Object.entries(change.set).reduce((one, [key, value]) => setValue(one, [key], value), grown), expect: record.bytes };
}

function textOf({ path, bytes }: GovernedDocument): string {
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) throw new UserError(`Unexpected bytes in ${path} that are not UTF-8, expected text`, 'save the file as UTF-8', 'not-text');
  return text;
}
