import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { versionsElsewhere } from '../git/versions.ts';
import { nodeRecordOf } from '../workflow/node-record.ts';
import { isOpen, type NodeState } from '../workflow/node-status.ts';
import { stable } from '../workflow/stable.ts';
import type { WaveRefusal, Waves } from '../workflow/wave.ts';
import type { Workspace } from './workspace.ts';

/** Throws a UserError where a node cannot be begun now, with what it waits for. `alongside` are those that the same call has begun already. */
export function mayStart(state: NodeState, waves: Waves, alongside: readonly string[], verb: 'start' | 'retry', program: string): void {
  const { status, node, waitsFor, blockedBy, skippedFor } = state;
  if (status === 'blocked') throw cannot(node.id, verb, `held up by ${blockedBy.join(', ')}`, 'close the fork, or decide about the change record', 'node-blocked');
  if (skippedFor !== undefined) throw cannot(node.id, verb, `skipped while ${skippedFor} is escalated`, `${program} retry ${skippedFor} --reason "WHY IT CAN WORK NOW"`, 'node-skipped');
  if (waitsFor.length > 0 && (isOpen(state.life) || status === 'reopened')) throw cannot(node.id, verb, `waiting for ${waitsFor.join(', ')}`, `${program} node start ${waitsFor[0]}`, 'node-waits');
  if (state.life.standing === 'complete' && status !== 'reopened') throw cannot(node.id, verb, 'complete', `${program} node reset ${node.id} --reason "WHY IT IS DONE AGAIN"`, 'node-complete');
  // Whether it can be begun where it stands is for the table to say.
  if (state.life.standing === 'in_progress') return;
  const refusal = waves.refusal(node.id, alongside);
  if (refusal) throw notInWave(node.id, verb, refusal);
}

function notInWave(id: string, verb: string, refusal: WaveRefusal): UserError {
  const others = refusal.on.join(', ');
  switch (refusal.kind) {
    case 'closed':
      return new UserError(`Unexpected ${verb} of ${id}, which was not ready when wave ${refusal.wave} began, expected the verdict on ${others} first: the next wave waits for the QA of this one`, `finish ${others}: complete, fail, or release with a reason`, 'wave-open');
    case 'full':
      return new UserError(`Unexpected ${verb} of ${id} in wave ${refusal.wave} beside ${others}, expected at most execution.max_concurrent nodes in a wave`, `finish ${others} first: the next wave waits for the QA of this one`, 'wave-full');
    case 'overlap':
      return new UserError(`Unexpected ${verb} of ${id} (${refusal.own}) beside ${others} (${refusal.theirs}), expected scopes without a common path: somebody works there`, `finish ${others} first, or narrow one of the scopes in tasks.md`, 'scope-taken');
  }
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
