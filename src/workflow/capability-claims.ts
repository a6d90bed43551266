import { nameKey } from '../documents/operations.ts';
import { requirementsOf } from '../documents/requirements.ts';
import { deltaOf, statusOf } from './change-record.ts';
import type { Ticket } from './ticket.ts';

/** What one ticket says of the requirements of a capability. */
export interface CapabilityClaims {
  readonly ticket: string;
  readonly capability: string;
  readonly stackedOn: string | undefined;
  /** By the requirement's name as people compare it: where the ticket says so first. */
  readonly requirements: ReadonlyMap<string, ClaimPlace>;
}

interface ClaimPlace {
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

/** What a ticket's spec and its proposed and accepted change records name; undefined where the spec names no capability. */
export function capabilityClaims(ticket: Pick<Ticket, 'id' | 'spec' | 'changes'>): CapabilityClaims | undefined {
  const { spec } = ticket;
  const capability = spec?.data.capability;
  if (!spec || typeof capability !== 'string') return undefined;
  const records = ticket.changes.filter((record) => ['accepted', 'proposed'].includes(statusOf(record) ?? ''));
  const requirements: [string, ClaimPlace][] = [];
  for (const { path, entries } of [{ path: spec.path, entries: requirementsOf(spec.parsed) }, ...records.map((record) => ({ path: record.path, entries: deltaOf(record).requirements }))]) {
    for (const { name, key, to, line } of entries) {
      requirements.push([key, { name, path, line }], ...(to === undefined ? [] : [[nameKey(to), { name: to, path, line }] as [string, ClaimPlace]]));
    }
  }
  const { stacked_on: stackedOn } = spec.data;
  return { ticket: ticket.id, capability, stackedOn: typeof stackedOn === 'string' ? stackedOn : undefined, requirements: new Map(requirements.reverse()) };
}

/** One of them is written on top of the other. */
export function isStacked(one: CapabilityClaims, other: CapabilityClaims): boolean {
  return one.stackedOn === other.ticket || other.stackedOn === one.ticket;
}
