import { deltaOf, statusOf } from './change-record.ts';
import { effectiveSpec } from './effective-spec.ts';
import type { Law } from './lifecycle.ts';
import { implementersOf, nodeRecordOf, type Covered } from './node-record.ts';
import { workBefore } from './precedence.ts';
import { coversOf, leafTypeOf, taskNodes, type TaskNode } from './task-tree.ts';
import type { Ticket } from './ticket.ts';

/** Requirement name to the digest of its text in the effective spec; undefined where there is no spec. */
export type Digests = ReadonlyMap<string, string> | undefined;

/** What the histories of one ticket are held against. Reads spec and change records by need. */
export interface TicketLaw {
  /** For a record without a node in tasks.md: that of an agent that covers nothing. */
  lawOf(node: TaskNode | undefined): Law;
  digests(): Digests;
}

/** `maxRetries` as the settings that hold say; what was archived was judged by those of its time. */
export function ticketLaw(ticket: Ticket, maxRetries: number): TicketLaw {
  let known: { digests: Digests } | undefined;
  const digests = (): Digests => (known ??= { digests: digestsOf(ticket) }).digests;
  const implementersBefore = (gate: TaskNode) => {
    const before = new Set(workBefore(gate, taskNodes(ticket.tasks?.data ?? {})).map(({ id }) => id));
    const records = before.size === 0 ? [] : ticket.nodes.filter(({ place }) => before.has(place.name ?? ''));
    return new Set(records.flatMap(({ data }) => implementersOf(nodeRecordOf(data))));
  };
  const limit = ticket.archived ? Number.POSITIVE_INFINITY : maxRetries;
  return {
    digests,
    lawOf: (node) => ({
      maxRetries: limit,
      type: node ? leafTypeOf(node) : 'agent',
      implementersBefore: () => (node !== undefined && leafTypeOf(node) === 'human' ? implementersBefore(node) : new Set()),
      coversAny: () => node !== undefined && coversAny(node, digests),
      mayReopen: (covered) => node === undefined || covered === undefined || mayReopen(node, covered, ticket, digests),
    }),
  };
}

function digestsOf(ticket: Ticket): Digests {
  if (!ticket.spec) return undefined;
  return new Map(effectiveSpec(ticket).requirements.map((requirement) => [requirement.name, requirement.digest]));
}

function coversAny(node: TaskNode, digests: () => Digests): boolean {
  const covers = coversOf(node);
  if (covers === 'none') return false;
  return covers === 'all' ? (digests()?.size ?? 0) > 0 : covers.length > 0;
}

/** A decided record touched what was met, or the plan says now that the node answers for more. */
function mayReopen(node: TaskNode, covered: Covered, ticket: Ticket, digests: () => Digests): boolean {
  if (changedSince(node, covered, digests()).length > 0) return true;
  const coversAll = coversOf(node) === 'all';
  return ticket.changes.some((record) => {
    const status = statusOf(record);
    if (status !== 'accepted' && status !== 'reverted') return false;
    return deltaOf(record).requirements.some(({ name, operation }) => Object.hasOwn(covered, name) || (coversAll && operation === 'ADDED'));
  });
}

/** The requirements a node answers for whose text is not the one it was completed against; none where there is no spec. */
export function changedSince(node: TaskNode, covered: Covered, digests: Digests): string[] {
  const covers = coversOf(node);
  if (covers === 'none' || digests === undefined) return [];
  const names = covers === 'all' ? [...new Set([...digests.keys(), ...Object.keys(covered)])] : covers;
  return names.filter((name) => digests.get(name) !== (Object.hasOwn(covered, name) ? covered[name] : undefined));
}
