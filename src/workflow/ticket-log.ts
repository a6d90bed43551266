import type { DocumentVersion, Sighting, UnitedDocument, UnitedTicket } from './everywhere.ts';
import { waitsByNode } from './precedence.ts';
import type { Standing } from './standing.ts';
import { mappingOf, textOf } from './standing.ts';
import { textsIn, type TaskNode } from './task-tree.ts';

/** One thing that somebody did, as a history says it. */
export interface LogEntry {
  readonly ticket: string;
  readonly kind: 'node' | 'change';
  /** The node's id, or the change record's name. */
  readonly subject: string;
  /** What it went to; `done` for an implementer's last word. */
  readonly to: string;
  readonly by: string;
  /** As written; '' where nothing is. */
  readonly at: string;
  /** Reasons, findings, the outcome. */
  readonly why: string | undefined;
  readonly verifiedBy: string | undefined;
  /** Set where histories went apart and this is in one of them alone: who has it. */
  readonly only: readonly Sighting[] | undefined;
}

interface Thread {
  readonly entries: readonly LogEntry[];
  /** The node whose history it is. */
  readonly node: string | undefined;
  next: number;
}

/**
 * Everything that was done in a ticket, over all branches, in a causal order: what stands later in a
 * history came later, and a node began after what it waits for was settled. Only between things that
 * nothing orders does the time decide that somebody wrote beside them: it informs, and is never held
 * against anybody.
 */
export function ticketLog(standing: Standing): LogEntry[] {
  const threads = threadsOf(standing.united);
  const mayBegin = gate(standing, threads);
  const log: LogEntry[] = [];
  for (let open = threads; open.length > 0; open = open.filter(({ next, entries }) => next < entries.length)) {
    const free = open.filter(mayBegin);
    const [first, ...rest] = free.length > 0 ? free : open;
    const next = rest.reduce((best, one) => (timeOf(one) < timeOf(best) ? one : best), first as Thread);
    log.push(next.entries[next.next] as LogEntry);
    next.next += 1;
  }
  return log;
}

function threadsOf({ id, documents }: UnitedTicket): Thread[] {
  return [...documents].flatMap(([inside, document]) => {
    const kind = inside.startsWith('nodes/') ? 'node' : inside.startsWith('changes/') ? 'change' : undefined;
    if (!kind) return [];
    const subject = inside.slice(inside.indexOf('/') + 1, -'.md'.length);
    return threadsIn(id, kind, subject, document);
  });
}

/** One thread, and one for the rest of each history that went apart. */
function threadsIn(ticket: string, kind: LogEntry['kind'], subject: string, document: UnitedDocument): Thread[] {
  const read = (version: DocumentVersion, only: boolean) => entriesIn(version).map((entry, index, all) => entryOf(ticket, kind, subject, entry, version, index === all.length - 1, only));
  const versions = [document, ...document.others].filter((version) => entriesIn(version).length > 0);
  const shared = commonLength(versions.map(entriesIn));
  const [first, ...others] = versions;
  if (!first) return [];
  const node = kind === 'node' ? subject : undefined;
  if (others.length === 0) return [{ node, entries: read(first, false), next: 0 }];
  const beginning = read(first, false).slice(0, shared);
  return versions.map((version, index) => ({ node, entries: [...(index === 0 ? beginning : []), ...read(version, true).slice(shared)], next: 0 })).filter(({ entries }) => entries.length > 0);
}

function entriesIn({ document }: DocumentVersion): readonly unknown[] {
  return Array.isArray(document.data.history) ? document.data.history : [];
}

function commonLength(lists: readonly (readonly unknown[])[]): number {
  const [first = [], ...others] = lists.map((list) => list.map((entry) => JSON.stringify(entry)));
  const differs = first.findIndex((entry, index) => others.some((other) => other[index] !== entry));
  return differs === -1 ? first.length : differs;
}

function entryOf(ticket: string, kind: LogEntry['kind'], subject: string, value: unknown, version: DocumentVersion, isLast: boolean, only: boolean): LogEntry {
  const entry = mappingOf(value);
  const to = entry.done === true ? 'done' : (textOf(entry.to) ?? 'nothing');
  const outcome = isLast && (to === 'done' || to === 'complete') ? textOf(version.document.data.l0) : undefined;
  const title = kind === 'change' && to === 'proposed' ? textOf(version.document.data.title) : undefined;
  const why = [textOf(entry.reason), ...textsIn(entry.findings), outcome, title].filter((text) => text !== undefined).join('; ');
  return { ticket, kind, subject, to, by: textOf(entry.by) ?? 'nobody', at: textOf(entry.at) ?? '', why: why === '' ? undefined : why, verifiedBy: textOf(entry.verified_by), only: only ? version.sightings : undefined };
}

/** In milliseconds; what tells no time comes last. */
function timeOf({ entries, next }: Thread): number {
  const time = Date.parse(entries[next]?.at ?? '');
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

/** Whether the next entry of a thread may come: the first of a node after the settling of all that the node waits for. */
function gate({ status }: Standing, threads: readonly Thread[]): (thread: Thread) => boolean {
  const nodes = status.nodes.map(({ node }) => node);
  const waits = waitsByNode(nodes);
  const byId = new Map(nodes.map((node) => [node.id, node] as const).reverse());
  const settling = new Map(threads.flatMap((thread) => {
    const at = thread.entries.findIndex(({ to }) => to === 'complete' || to === 'skipped');
    return thread.node !== undefined && at !== -1 ? [[thread.node, { thread, at }] as const] : [];
  }));
  const needs = new Map<string, readonly string[]>();
  const needsOf = (id: string): readonly string[] => {
    let known = needs.get(id);
    if (!known) needs.set(id, (known = [...new Set(ancestry(byId.get(id)).flatMap((node) => (waits.get(node) ?? []).flatMap(({ waitsFor }) => leavesBelow(waitsFor))))]));
    return known;
  };
  return ({ node, next }) => next > 0 || node === undefined || needsOf(node).every((id) => {
    const settled = settling.get(id);
    return !settled || settled.thread.next > settled.at;
  });
}

function ancestry(node: TaskNode | undefined): TaskNode[] {
  const found: TaskNode[] = [];
  for (let at = node; at; at = at.parent) found.push(at);
  return found;
}

function leavesBelow(node: TaskNode): string[] {
  const [found, pending] = [[] as string[], [node]];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (at.children.length === 0) found.push(at.id);
    pending.push(...at.children);
  }
  return found;
}
