import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import { recordEdit } from '../render/change.ts';
import { fill } from '../render/documents.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { livingPath } from '../workflow/archive-move.ts';
import { effectiveSpec, type EffectiveRequirement } from '../workflow/effective-spec.ts';
import { promote, type PromotionConflict } from '../workflow/promotion.ts';
import { taskImpact } from '../workflow/task-impact.ts';
import { refuse, write } from './answer.ts';
import { claimsOf } from './archive-promotion.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket, type FrozenTicket } from './frozen-ticket.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { acceptCommand, changeInputs, recordName } from './new-change.ts';
import { existingTicket, withTicket, type Workspace } from './workspace.ts';

/**
 * Where a ticket and the living spec of its capability say different things of a requirement: a
 * replacing record with both texts, each entry with the digest of the living text it is written
 * against (`Living:`), to be made one by whoever knows what both mean.
 */
export async function changeFromLiving(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const id = existingTicket(workspace, invocation);
  return withTicket(workspace, id, (work) => {
    const frozen = frozenTicket(workspace, work, id, invocation.program);
    const make = () => bring(workspace, invocation, frozen, work);
    return invocation.values['dry-run'] === true ? make() : withLock(workspace.repository.statePath('numbers.lock'), make);
  });
}

function bring(workspace: Workspace, invocation: Invocation, frozen: FrozenTicket, work: Tree): Outcome {
  const { ticket, tasks } = frozen;
  const { program, values } = invocation;
  const { path, conflicts } = disagreements(workspace, frozen, program);
  const now = new Map(effectiveSpec(ticket).requirements.map((requirement) => [requirement.key, requirement]));
  const entries = conflicts.flatMap((conflict) => {
    const own = now.get(conflict.promise.key);
    return own && conflict.kind !== 'taken' && conflict.kind !== 'twice' ? [{ conflict, own }] : [];
  });
  const [first] = conflicts as [PromotionConflict];
  if (entries.length === 0) throw new UserError(`Unexpected ${first.kind === 'twice' ? `second requirement "${first.promise.name}" in ${path}` : `new name "${first.promise.to}", which ${path} holds`}, expected what a record can bring together`, first.kind === 'twice' ? `make one requirement of both in ${path}` : `${program} new change --ticket ${ticket.id} --impact replacing --title "Another name"`, 'living-name');
  const names = entries.map(({ own }) => own.name);
  const inputs = changeInputs(workspace, invocation, frozen, 'replacing', lineOf(values, 'title') ?? `Bring ${names.slice(0, 2).join(' and ')} together with the living spec`);
  const body = ['## MODIFIED Requirements', ...entries.map(({ conflict, own }) => entryText(conflict, own, path)), '## Task impact', taskImpact(tasks.data, names)].join('\n\n');
  const edits = [recordEdit(inputs, `${body}\n`)];
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  return write(workspace, invocation, {
    edits,
    message: `docs(${ticket.id}): propose ${recordName(inputs.path)}`,
    description: `make one text of both, then commit; another actor accepts: ${acceptCommand(program, inputs.path, ticket.id)}`,
    done: `what ${ticket.id} and ${path} say of ${names.join(', ')}, side by side`,
    json: { ticket: ticket.id, impact: 'replacing', living: path, requirements: names },
  });
}

function disagreements({ repository, settings }: Workspace, { ticket, folder }: FrozenTicket, program: string): { readonly path: string; readonly conflicts: readonly PromotionConflict[] } {
  const capability = ticket.spec?.data.capability;
  if (typeof capability !== 'string') throw new UserError(`Unexpected --from-living for ${ticket.id}, expected a spec that names its capability`, `${program} archive ${ticket.id}: nothing is promoted`, 'no-capability');
  const path = livingPath(settings, capability);
  const living = parseDocument(readBytes(join(repository.workRoot, path)) ?? Buffer.from('---\ntitle: x\n---\n'));
  const { conflicts } = promote(living, claimsOf(ticket, path, { move: { from: folder, to: archivedFolder(settings, ticket.id) } }));
  if (conflicts.length > 0) return { path, conflicts };
  throw new UserError(`Unexpected --from-living for ${ticket.id}, expected a requirement of which ${path} says something else`, `${program} archive ${ticket.id}: everything fits`, 'no-disagreement');
}

/** Ours first, then the living text in a comment: with the mark in place nobody can accept it. */
function entryText({ promise, living }: PromotionConflict, own: EffectiveRequirement, path: string): string {
  const isGoing = promise.operation === 'REMOVED' || promise.operation === 'RENAMED';
  const body = living?.text.slice(living.text.indexOf('\n') + 1) ?? '';
  const header = [`### Requirement: ${own.name}`, `Was: ${own.digest}`, `Living: ${living?.digest ?? 'none'}`].join('\n');
  if (isGoing) return [header, fill(`${path} says this now: delete this line if it is to be ${promise.operation.toLowerCase()} all the same`), body].join('\n\n');
  const theirs = living ? `<!-- ${path} says:\n\n${body.replaceAll('-->', '--&gt;')}\n\n-->` : `<!-- ${path} holds it no more -->`;
  return [header, fill('make one text of this and of the one in the comment, then delete this line and the comment'), own.body, theirs].join('\n\n');
}
