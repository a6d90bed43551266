import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { versionsElsewhere } from '../git/versions.ts';
import { nodeRecordOf } from '../workflow/node-record.ts';
import { isOpen, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { stable } from '../workflow/stable.ts';
import type { Workspace } from './workspace.ts';

/** Throws a UserError where a node cannot be begun now, with what it waits for. */
export function mayStart(state: NodeState, { nodes }: TicketStatus, places: number, verb: 'start' | 'retry', program: string): void {
  const { status, node, waitsFor, blockedBy, skippedFor } = state;
  if (status === 'blocked') throw cannot(node.id, verb, `held up by ${blockedBy.join(', ')}`, 'close the fork, or decide about the change record', 'node-blocked');
  if (skippedFor !== undefined) throw cannot(node.id, verb, `skipped while ${skippedFor} is escalated`, `${program} retry ${skippedFor} --reason "WHY IT CAN WORK NOW"`, 'node-skipped');
  if (waitsFor.length > 0 && (isOpen(state.life) || status === 'reopened')) throw cannot(node.id, verb, `waiting for ${waitsFor.join(', ')}`, `${program} node start ${waitsFor[0]}`, 'node-waits');
  if (state.life.standing === 'complete' && status !== 'reopened') throw cannot(node.id, verb, 'complete', `${program} node reset ${node.id} --reason "WHY IT IS DONE AGAIN"`, 'node-complete');
  const busy = nodes.filter((one) => one.node.children.length === 0 && (one.status === 'in_progress' || one.status === 'awaiting-qa'));
  if (busy.length < places || status === 'in_progress' || status === 'awaiting-qa') return;
  throw new UserError(`Unexpected ${verb} of ${node.id} beside ${busy.map((one) => one.node.id).join(', ')}, expected at most execution.max_concurrent nodes at once`, 'finish one of them first', 'wave-full');
}

function cannot(id: string, verb: string, why: string, hint: string, code: string): UserError {
  return new UserError(`Unexpected ${verb} of ${id}, which is ${why}, expected a node that is ready`, hint, code);
}

/**
 * Throws a UserError where another work tree or a ref holds entries of this node that are not here:
 * somebody has claimed it, or it has gone on there.
 */
export function claimFree({ repository }: Workspace, path: string, { record, node }: NodeState, program: string): void {
  const own = entriesIn(record?.data);
  for (const { where, bytes } of versionsElsewhere(repository, path)) {
    const theirs = entriesIn(parseDocument(bytes).data);
    if (theirs.every((entry, index) => entry === own[index])) continue;
    const last = nodeRecordOf(parseDocument(bytes).data ?? {}).history.at(-1);
    throw new UserError(
      `Unexpected entry of ${node.id} in ${where} (${stable(last?.to).replaceAll('"', '')} by ${last?.by ?? 'nobody'}), expected no more than what stands here`,
      `bring it in first (git merge), or there ${program} node release ${node.id} --reason "WHY"; a branch that is given up can be deleted`,
      'node-claimed',
    );
  }
}

function entriesIn(data: Readonly<Record<string, unknown>> | undefined): string[] {
  return Array.isArray(data?.history) ? data.history.map(stable) : [];
}
