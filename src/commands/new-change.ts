import { archivedFolder } from '../documents/place.ts';
import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { withLock } from '../git/lock.ts';
import { packageFile } from '../git/package-file.ts';
import { changeDraftEdits, IMPACTS, type ChangeInputs, type Impact } from '../render/change.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { nextRecordName } from '../workflow/record-name.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { specDigest } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { frozenTicket, type FrozenTicket } from './frozen-ticket.ts';
import { lineOf, namesOf, requiredLine, wordOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { changeFromEdit } from './new-from-edit.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/** Proposes a change of a frozen spec: a record to fill in, or with `--from-edit` one made from the edit of spec.md. */
export async function newChange(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const { values, program } = invocation;
  const impact = wordOf(values, 'impact', IMPACTS);
  const fromEdit = values['from-edit'] === true;
  if (values['from-living'] === true) return (await import('./new-from-living.ts')).changeFromLiving(workspace, invocation);
  if (!fromEdit && impact === undefined) throw new UserError('Unexpected absence of --impact, expected additive, blocking or replacing', '--impact additive (only adds), replacing (modifies, removes, renames) or blocking (holds up nodes), or --from-edit after editing spec.md', 'input');
  if (!fromEdit) requiredLine(values, 'title', 'WHAT CHANGES');
  const id = existingTicket(workspace, invocation);
  return withTicket(workspace, id, (work) => {
    const frozen = frozenTicket(workspace, work, id, program);
    const make = () => (fromEdit ? changeFromEdit(workspace, invocation, frozen, work, impact) : withFreeName(() => draftChange(workspace, invocation, frozen, work, impact as Impact)));
    return values['dry-run'] === true ? make() : withLock(workspace.repository.statePath('numbers.lock'), make);
  });
}

/** Something other than treework may take the name between its choice and its use: then the next number is due. */
function withFreeName<T>(attempt: () => T): T {
  for (let left = 20; ; left -= 1) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'exists' || left === 0) throw error;
    }
  }
}

function draftChange(workspace: Workspace, invocation: Invocation, frozen: FrozenTicket, work: Tree, impact: Impact): Outcome {
  const { spec } = frozen.ticket;
  if (spec && specDigest(spec.bytes) !== frozen.pin) {
    throw new UserError(`Unexpected edit of the frozen ${spec.path}, expected the text that is pinned`, `${invocation.program} new change --ticket ${frozen.ticket.id} --from-edit makes a record of the edit; git checkout -- ${spec.path} drops it`, 'spec-edited');
  }
  const inputs = changeInputs(workspace, invocation, frozen, impact, requiredLine(invocation.values, 'title', 'WHAT CHANGES'));
  const requirements = effectiveSpec(frozen.ticket).requirements;
  const edits = changeDraftEdits({ ...inputs, words: workspace.settings.requirements, requirements }, packageFile('generators/change/template.md'));
  const findings = judgeEdits(workspace, work, edits, invocation.program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  const { id } = frozen.ticket;
  return write(workspace, invocation, {
    edits,
    message: `docs(${id}): propose ${recordName(inputs.path)}`,
    description: `fill in the marked places, then commit; another actor accepts: ${acceptCommand(invocation.program, inputs.path, id)}`,
    done: `a proposed change of ${id}`,
    json: { ticket: id, impact, requirements: requirements.map(({ name, digest }) => ({ name, digest })) },
  });
}

/** What every new record needs, its number given over all refs and work trees. */
export function changeInputs(workspace: Workspace, { values }: Invocation, frozen: FrozenTicket, impact: Impact, title: string): ChangeInputs {
  const { repository, settings } = workspace;
  const { folder, ticket, tasks } = frozen;
  const directories = [`${folder}/changes`, `${archivedFolder(settings, ticket.id)}/changes`];
  const reason = lineOf(values, 'reason');
  return {
    path: `${folder}/changes/${nextRecordName(namesEverywhere(repository, directories).flatMap((names) => [...names]), title, 'change')}.md`,
    title,
    impact,
    blocks: blocksOf(namesOf(values, 'blocks'), taskNodes(tasks.data).map((node) => node.id), impact),
    by: actorOf(repository, typeof values.by === 'string' ? values.by : undefined),
    at: now(),
    ...(reason !== undefined && { reason }),
  };
}

/** A record's identity: what commit messages and commands name, never text from a document. */
export function recordName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.md'.length);
}

export function acceptCommand(program: string, path: string, ticket: string): string {
  return `${program} change accept ${recordName(path)} --ticket ${ticket} --by REVIEWER`;
}

function blocksOf(blocks: readonly string[], nodes: readonly string[], impact: Impact): readonly string[] {
  if (impact === 'blocking' && blocks.length === 0) throw new UserError('Unexpected blocking record without --blocks, expected the nodes that wait for it', `--blocks ${nodes[0] ?? 'NODE'}`, 'input');
  const unknown = nodes.length > 0 ? blocks.find((id) => !nodes.includes(id)) : undefined;
  if (unknown === undefined) return blocks;
  throw new UserError(`Unexpected --blocks ${unknown}, expected a node of tasks.md: ${nodes.join(', ')}`, `--blocks ${nearest(unknown, nodes) ?? nodes[0]}`, 'input');
}
