import { statusOf } from './change-record.ts';
import { isOpenFork, nodesOfFork } from './fork.ts';
import { type Life, replay, UNBORN } from './lifecycle.ts';
import { changedSince, ticketLaw, type TicketLaw } from './node-law.ts';
import { nodeRecordOf } from './node-record.ts';
import { currentNode, type Current } from './current-node.ts';
import { waitsByNode, type Wait } from './precedence.ts';
import { rollUp } from './roll-up.ts';
import type { GovernedDocument } from './snapshot.ts';
import { inTreeOrder, taskNodes, type TaskNode } from './task-tree.ts';
import type { Ticket } from './ticket.ts';

/** Where a node stands, derived from the whole ticket. */
export type NodeStatus = 'pending' | 'ready' | 'in_progress' | 'awaiting-qa' | 'blocked' | 'complete' | 'reopened' | 'failed' | 'escalated' | 'skipped' | 'rejected';

export interface NodeState {
  readonly node: TaskNode;
  readonly status: NodeStatus;
  readonly record: GovernedDocument | undefined;
  /** What the record's history adds up to, as far as it is explained. */
  readonly life: Life;
  /** Complete, or skipped by a person; a phase: all below it, one at least. What waits for it may begin. */
  readonly isSettled: boolean;
  /** Ids of what it waits for, its phases' included, that is not settled. */
  readonly waitsFor: readonly string[];
  /** Paths of open forks and proposed change records that name it or a phase it is in. */
  readonly blockedBy: readonly string[];
  /** The escalated node that it would wait for in vain: it is skipped until that one recovers. */
  readonly skippedFor: string | undefined;
  /** Complete, but these requirements have another text now, or none, or are new. */
  readonly changed: readonly string[];
}

export interface TicketStatus {
  /** Every node of tasks.md in the order in which people read it: each phase, then all that is in it. */
  readonly nodes: readonly NodeState[];
  /** The first node of each id. */
  readonly byId: ReadonlyMap<string, NodeState>;
  readonly current: Current;
}

/** Grows into a NodeState. */
type Draft = { -readonly [Key in keyof NodeState]: NodeState[Key] };

/**
 * The status of every node of a ticket and the current one: a pure function of its folder, linear in
 * nodes and edges. Reads all parts of the folder, and where a fork's ticket stands.
 */
export function ticketStatus(ticket: Ticket, maxRetries = ticket.snapshot.settings.execution.maxRetries): TicketStatus {
  const nodes = inTreeOrder(taskNodes(ticket.tasks?.data ?? {}));
  const records = new Map(ticket.nodes.map((record) => [record.place.name, record]));
  const law = ticketLaw(ticket, maxRetries);
  const drafts = new Map(nodes.map((node) => [node, draftOf(node, records.get(node.id), law)]));
  const byId = new Map([...drafts.values()].map((draft) => [draft.node.id, draft] as const).reverse());
  skipBelow(drafts);
  settle(drafts);
  const waits = waitsByNode(nodes);
  wait(drafts, waits);
  for (const [id, path] of holdUps(ticket)) block(drafts, byId.get(id), path);
  sink(drafts, waits);
  for (const draft of drafts.values()) if (draft.node.children.length === 0) draft.status = leafStatus(draft);
  for (const draft of [...drafts.values()].reverse()) if (draft.node.children.length > 0) draft.status = rollUp(draft.node.children.map((child) => drafts.get(child) as Draft));
  const states = [...drafts.values()];
  return { nodes: states, byId: new Map(states.map((state) => [state.node.id, state] as const).reverse()), current: currentNode(states) };
}

function draftOf(node: TaskNode, record: GovernedDocument | undefined, law: TicketLaw): Draft {
  const life = record ? replay(nodeRecordOf(record.data), law.lawOf(node)) : UNBORN;
  const changed = life.standing === 'complete' ? changedSince(node, life.covered ?? {}, law.digests()) : [];
  return { node, status: 'pending', record, life, isSettled: false, waitsFor: [], blockedBy: [], skippedFor: undefined, changed };
}

/**
 * What the record of a node adds up to, asked node by node: for those who need a few of many. Below a
 * phase that a person skipped it is that phase's for what nobody has begun.
 */
export function livesOf(ticket: Ticket, maxRetries: number): { own(node: TaskNode): Life; effective(node: TaskNode): Life } {
  const records = new Map(ticket.nodes.map((record) => [record.place.name, record]));
  const law = ticketLaw(ticket, maxRetries);
  const known = new Map<TaskNode, Life>();
  const own = (node: TaskNode): Life => {
    const record = records.get(node.id);
    const life = known.get(node) ?? (record ? replay(nodeRecordOf(record.data), law.lawOf(node)) : UNBORN);
    known.set(node, life);
    return life;
  };
  const effective = (node: TaskNode): Life => {
    let at: TaskNode | undefined = node;
    while (at && isOpen(own(at))) at = at.parent;
    return at && (at === node || own(at).standing === 'skipped') ? own(at) : own(node);
  };
  return { own, effective };
}

/** A phase that a person skipped: what nobody has begun below it is skipped too. */
function skipBelow(drafts: ReadonlyMap<TaskNode, Draft>): void {
  for (const draft of drafts.values()) {
    const above = draft.node.parent && drafts.get(draft.node.parent);
    if (above?.life.standing === 'skipped' && isOpen(draft.life)) draft.life = above.life;
  }
}

/** Nobody works on it and nothing was decided. */
export function isOpen({ standing }: Life): boolean {
  return standing === 'none' || standing === 'reset' || standing === 'released';
}

/** Children come after their parent: from the end everything below is known. */
function settle(drafts: ReadonlyMap<TaskNode, Draft>): void {
  for (const draft of [...drafts.values()].reverse()) {
    const { children } = draft.node;
    const { standing } = draft.life;
    if (children.length > 0) draft.isSettled = children.every((child) => drafts.get(child)?.isSettled);
    else draft.isSettled = standing === 'skipped' || (standing === 'complete' && draft.changed.length === 0);
  }
}

function wait(drafts: ReadonlyMap<TaskNode, Draft>, waits: ReadonlyMap<TaskNode, readonly Wait[]>): void {
  for (const draft of drafts.values()) {
    const above = (draft.node.parent && drafts.get(draft.node.parent)?.waitsFor) ?? [];
    const own = (waits.get(draft.node) ?? []).filter(({ waitsFor }) => !drafts.get(waitsFor)?.isSettled).map(({ waitsFor }) => waitsFor.id);
    draft.waitsFor = own.length === 0 ? above : [...new Set([...above, ...own])];
  }
}

/** Node ids and the documents that hold them up. */
function* holdUps(ticket: Ticket): Iterable<readonly [id: string, path: string]> {
  for (const fork of ticket.forks) {
    if (isOpenFork(ticket, fork)) for (const id of new Set(nodesOfFork(fork))) yield [id, fork.path];
  }
  for (const record of ticket.changes) {
    if (statusOf(record) !== 'proposed' || !Array.isArray(record.data.blocks)) continue;
    for (const id of new Set(record.data.blocks)) yield [String(id), record.path];
  }
}

function block(drafts: ReadonlyMap<TaskNode, Draft>, named: Draft | undefined, path: string): void {
  if (!named) return;
  for (const draft of below(drafts, named)) if (draft.blockedBy.at(-1) !== path) draft.blockedBy = [...draft.blockedBy, path];
}

function* below(drafts: ReadonlyMap<TaskNode, Draft>, top: Draft): Iterable<Draft> {
  const pending = [top];
  for (let draft = pending.pop(); draft; draft = pending.pop()) {
    yield draft;
    for (const child of draft.node.children) pending.push(drafts.get(child) as Draft);
  }
}

/**
 * What waits for an escalated node, directly or not, is skipped as long as nobody has begun it. A
 * phase is waited for in vain when anything in it is. Each node is visited once as a cause and once
 * as an effect.
 */
function sink(drafts: ReadonlyMap<TaskNode, Draft>, waits: ReadonlyMap<TaskNode, readonly Wait[]>): void {
  const causes = [...drafts.values()].filter(({ node, life }) => life.standing === 'escalated' && node.children.length === 0).map((draft) => ({ draft, origin: draft.node.id }));
  if (causes.length === 0) return;
  const waiting = new Map<TaskNode, TaskNode[]>();
  for (const { node, waitsFor } of [...waits.values()].flat()) {
    const known = waiting.get(waitsFor);
    if (known) known.push(node);
    else waiting.set(waitsFor, [node]);
  }
  const [asCause, asEffect] = [new Set<TaskNode>(), new Set<TaskNode>()];
  for (let cause = causes.pop(); cause; cause = causes.pop()) {
    const { origin } = cause;
    for (let node: TaskNode | undefined = cause.draft.node; node && !asCause.has(node); node = node.parent) {
      asCause.add(node);
      for (const effect of waiting.get(node) ?? []) {
        if (asEffect.has(effect)) continue;
        for (const draft of below(drafts, drafts.get(effect) as Draft)) {
          if (asEffect.has(draft.node)) continue;
          asEffect.add(draft.node);
          if (draft.node.children.length > 0 || !isOpen(draft.life)) continue;
          draft.skippedFor = origin;
          causes.push({ draft, origin });
        }
      }
    }
  }
}

function leafStatus({ node, life, isSettled, blockedBy, waitsFor, skippedFor, changed }: Draft): NodeStatus {
  if (node.data.type === 'phase') return isSettled ? 'skipped' : 'pending';
  const { standing } = life;
  if (standing === 'complete' && changed.length === 0) return 'complete';
  if (standing === 'skipped' || standing === 'rejected' || standing === 'escalated') return standing;
  if (skippedFor !== undefined) return 'skipped';
  if (blockedBy.length > 0) return 'blocked';
  if (standing === 'complete') return 'reopened';
  if (standing === 'failed') return 'failed';
  if (standing === 'in_progress') return life.isDone ? 'awaiting-qa' : 'in_progress';
  return waitsFor.length > 0 ? 'pending' : 'ready';
}
