import { archivedFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { recordsElsewhere, type RecordElsewhere } from '../git/records-elsewhere.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { claimElsewhere, newerElsewhere } from '../workflow/claims.ts';
import { isOpen, ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn } from '../workflow/ticket.ts';
import type { Held } from '../workflow/step.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import type { WaveRefusal, Waves } from '../workflow/wave.ts';
import type { FrozenTicket } from './frozen-ticket.ts';
import type { Workspace } from './workspace.ts';

/** What a start is judged by. */
export interface StartContext {
  readonly waves: Waves;
  /** Nodes that the same call has begun already. */
  readonly begun: readonly string[];
  readonly elsewhere: Elsewhere;
  readonly program: string;
}

/** Throws a UserError where a node cannot be begun now, with what it waits for. */
export function mayStart(state: NodeState, verb: 'start' | 'retry' | 'approve' | 'reject', { waves, begun, elsewhere, program }: StartContext): void {
  const { status, node, waitsFor, blockedBy, skippedFor } = state;
  if (elsewhere.archivedIn !== undefined) throw new UserError(`Unexpected ${verb} of ${node.id}, whose ticket is archived in ${elsewhere.archivedIn}, expected one that is open`, 'bring it in first (git merge): what is finished does not go on from an old branch', 'ticket-archived');
  if (status === 'blocked') throw cannot(node.id, verb, `held up by ${blockedBy.join(', ')}`, 'close the fork, or decide about the change record', 'node-blocked');
  if (skippedFor !== undefined) throw cannot(node.id, verb, `skipped while ${skippedFor} is escalated`, `${program} retry ${skippedFor} --reason "WHY IT CAN WORK NOW"`, 'node-skipped');
  if (waitsFor.length > 0 && (isOpen(state.life) || status === 'reopened')) throw cannot(node.id, verb, `waiting for ${waitsFor.join(', ')}`, `${program} node start ${waitsFor[0]}`, 'node-waits');
  if (state.life.standing === 'complete' && status !== 'reopened') throw cannot(node.id, verb, 'complete', `${program} node reset ${node.id} --reason "WHY IT IS DONE AGAIN"`, 'node-complete');
  // Whether it can be begun where it stands is for the table to say.
  if (state.life.standing === 'in_progress') return;
  const refusal = waves.refusal(node.id, begun);
  if (refusal) throw notInWave(node.id, verb, refusal, elsewhere.newer);
}

/** Throws a UserError (`node-blocked`) for work that is said to be done while a fork or an undecided change record holds it up. */
export function requireUnblocked({ status, node, blockedBy }: NodeState, verb: NodeVerb): void {
  if (status === 'blocked' && (verb === 'done' || verb === 'complete')) throw cannot(node.id, verb, `held up by ${blockedBy.join(', ')}`, 'close the fork, or decide about the change record', 'node-blocked');
}

function notInWave(id: string, verb: string, refusal: WaveRefusal, places: ReadonlyMap<string, string>): UserError {
  const others = refusal.on.map((one) => (places.has(one) ? `${one} (in ${places.get(one)})` : one)).join(', ');
  switch (refusal.kind) {
    case 'closed':
      return new UserError(`Unexpected ${verb} of ${id}, which was not ready when wave ${refusal.wave} began, expected the verdict on ${others} first: the next wave waits for the QA of this one`, `finish ${others}: complete, fail, or release with a reason`, 'wave-open');
    case 'full':
      return new UserError(`Unexpected ${verb} of ${id} in wave ${refusal.wave} beside ${others}, expected at most execution.max_concurrent nodes in a wave`, `finish ${others} first: the next wave waits for the QA of this one`, 'wave-full');
    case 'overlap':
      return new UserError(`Unexpected ${verb} of ${id} (${refusal.own}) beside ${others} (${refusal.theirs}), expected scopes without a common path in one wave`, `finish ${others} first, or narrow one of the scopes in tasks.md`, 'scope-taken');
  }
}

function cannot(id: string, verb: string, why: string, hint: string, code: string): UserError {
  return new UserError(`Unexpected ${verb} of ${id}, which is ${why}, expected ${verb === 'done' || verb === 'complete' ? 'one that nothing holds up' : 'a node that is ready'}`, hint, code);
}

/** What other work trees and refs hold of a ticket's nodes, and the status that all of them together give. */
export interface Elsewhere {
  /** By node. */
  readonly records: ReadonlyMap<string, readonly RecordElsewhere[]>;
  /** Where each record comes from that is further than the one here. */
  readonly newer: ReadonlyMap<string, string>;
  readonly status: TicketStatus;
  /** Who has archived the ticket. */
  readonly archivedIn: string | undefined;
}

/** Looks at every ref and every other work tree, as they are at this moment: to be called under the claims' lock. */
export function lookElsewhere({ repository, settings }: Workspace, { ticket, folder }: Pick<FrozenTicket, 'ticket' | 'folder'>, files: Tree, status: TicketStatus): Elsewhere {
  const own = new Map(ticket.nodes.map((record) => [record.place.name ?? '', record]));
  const found = recordsElsewhere(repository, `${folder}/nodes`, archivedFolder(settings, ticket.id), new Set(ticket.nodes.map(({ oid }) => oid)));
  const records = new Map<string, RecordElsewhere[]>();
  for (const record of found.records) {
    const node = record.name.replace(/\.md$/, '');
    records.set(node, [...(records.get(node) ?? []), record]);
  }
  const newer = [...records].flatMap(([node, all]) => {
    const record = newerElsewhere(own.get(node)?.data, all.filter(({ isTag }) => !isTag));
    return record ? [{ node, where: record.where, edit: { path: `${folder}/nodes/${node}.md`, content: record.bytes } }] : [];
  });
  const together = (): TicketStatus => ticketStatus(ticketIn(new Snapshot(new OverlayTree(files, newer.map(({ edit }) => edit)), settings), folder, ticket.id, false), settings.execution.maxRetries);
  return { records, newer: new Map(newer.map(({ node, where }) => [node, where])), status: newer.length === 0 ? status : together(), archivedIn: found.hasOther };
}

/**
 * Throws a UserError where another work tree or a ref holds entries of this node that are not here:
 * somebody has claimed it, or it has gone on there.
 */
export function claimFree({ node, record }: NodeState, { records }: Elsewhere, program: string): void {
  const claim = claimElsewhere(record?.data, records.get(node.id) ?? []);
  if (claim === undefined) return;
  throw new UserError(
    `Unexpected entry of ${node.id} in ${claim.where} (${claim.to} by ${claim.by}), expected no more than what stands here`,
    `bring it in first (git merge), or there ${program} node release ${node.id} --reason "WHY"; a branch that is given up can be deleted`,
    'node-claimed',
  );
}

/** Of each node that has gone on elsewhere, where and how: what `claimFree` refuses. */
export function heldElsewhere(status: TicketStatus, { records }: Elsewhere): ReadonlyMap<string, Held> {
  return new Map(status.nodes.flatMap(({ node, record }) => {
    const claim = claimElsewhere(record?.data, records.get(node.id) ?? []);
    return claim ? [[node.id, claim] as const] : [];
  }));
}
