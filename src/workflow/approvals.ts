import { parseDocument } from '../documents/parse.ts';
import { historyOf } from './change-record.ts';
import { actorKey, nodeRecordOf } from './node-record.ts';
import type { GovernedDocument } from './snapshot.ts';
import { stable } from './stable.ts';
import type { Ticket } from './ticket.ts';

/** One entry of a history by which somebody found somebody's work or proposal good, or refused it. */
export interface Approval {
  /** The record that holds it, and where in its history, counted from 0. */
  readonly path: string;
  readonly index: number;
  readonly kind: 'node' | 'change';
  /** The node's id, or the change record's name. */
  readonly name: string;
  /** `complete`, `rejected`; `accepted`, `rejected`, `reverted`. */
  readonly to: string;
  /** Who says it, as declared: the verifier where one is named. */
  readonly by: string;
  /** `verified_by: pr`: open until the forge's review. */
  readonly awaitsReview: boolean;
}

/** What proves an approval: a commit that brought it, signed by a key that its parent's allowed signers know. */
export interface Attestation {
  readonly commit: string;
  /** Whose key it is, as the allowed signers say. */
  readonly principal: string;
}

/** Who an approval is by, and how that is known. */
export interface AttestedApproval extends Approval {
  /** Undefined: declared, or open until the forge's review. */
  readonly attestation: Attestation | undefined;
}

const DECISIONS: ReadonlySet<unknown> = new Set(['accepted', 'rejected', 'reverted']);

/** Every approval of a ticket's nodes and change records, in the order of the records. */
export function approvalsIn({ nodes, changes }: Pick<Ticket, 'nodes' | 'changes'>): Approval[] {
  return [...nodes.flatMap(ofNode), ...changes.flatMap(ofChange)];
}

function ofNode(record: GovernedDocument): Approval[] {
  return nodeRecordOf(record.data).history.flatMap(({ to, by, verifiedBy }, index) => {
    if (to !== 'complete' && to !== 'rejected') return [];
    return [{ path: record.path, index, kind: 'node' as const, name: record.place.name ?? '', to, by: verifiedBy ?? by ?? '', awaitsReview: actorKey(verifiedBy ?? '') === 'pr' }];
  });
}

function ofChange(record: GovernedDocument): Approval[] {
  return historyOf(record).flatMap(({ to, by }, index) => (DECISIONS.has(to) ? [{ path: record.path, index, kind: 'change' as const, name: record.place.name ?? '', to: String(to), by, awaitsReview: actorKey(by) === 'pr' }] : []));
}

/** An entry of a record's text as text that is equal for equal entries; undefined where there is none. */
export function entryAt(bytes: Buffer | undefined, index: number): string | undefined {
  const history: unknown = bytes && parseDocument(bytes).data?.history;
  return Array.isArray(history) && index < history.length ? stable(history[index]) : undefined;
}
