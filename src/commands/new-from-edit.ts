import { join } from 'node:path';
import { parseDelta, renderDelta, type Delta } from '../documents/delta.ts';
import { deltaBetween } from '../documents/delta-between.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { checkedOut, findVersion, stage, stagedBlob, type Stored } from '../git/frozen-text.ts';
import type { Repository } from '../git/repository.ts';
import { recordEdit, type Impact } from '../render/change.ts';
import { fill } from '../render/documents.ts';
import { shellCommand } from '../render/shell.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { taskImpact } from '../workflow/task-impact.ts';
import { specDigest } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import type { FrozenTicket } from './frozen-ticket.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { acceptCommand, changeInputs, recordName } from './new-change.ts';
import type { Workspace } from './workspace.ts';

/** Turns the edit of a frozen spec.md into a change record and puts the frozen text back: both files or none. */
export function changeFromEdit(workspace: Workspace, invocation: Invocation, frozen: FrozenTicket, work: Tree, given: Impact | undefined): Outcome {
  const { repository } = workspace;
  const { id, spec } = frozen.ticket;
  const path = `${frozen.folder}/spec.md`;
  const edited = editedSpec(spec, path, frozen, invocation.program);
  const stored = frozenVersion(repository, path, frozen, invocation.program);
  const { delta, impact } = deltaOfEdit(edited, stored, path);
  const kept = frozen.ticket.changes.find((record) => record.data.status === 'proposed' && sameChanges(parseDelta(record.parsed), delta));
  if (kept) return restoreOnly(workspace, invocation, kept.path, { id, path, stored });
  const title = lineOf(invocation.values, 'title') ?? titleOf(delta);
  const inputs = changeInputs(workspace, invocation, frozen, given ?? impact, title);
  const restore: Edit = { path, content: checkedOut(repository, path, stored.oid), expect: readBytes(join(repository.workRoot, path)) as Buffer };
  const names = delta.requirements.map((entry) => entry.to ?? entry.name);
  const withImpact = (text: string): Edit[] => [recordEdit(inputs, renderDelta({ ...delta, taskImpact: text })), restore];
  const complete = withImpact(taskImpact(frozen.tasks.data, names));
  const faults = judgeEdits(workspace, work, complete, invocation.program, 'any').filter((finding) => finding.path === inputs.path);
  // Whatever is wrong with it, the edit is kept: as a draft, in which a mark is to be filled.
  const edits = faults.length === 0 ? complete : withImpact(fill('first mend what check says of this record, then write which nodes are affected'));
  const findings = judgeEdits(workspace, work, edits, invocation.program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written: your edit is still in spec.md');
  const staged = stagedBlob(repository, path);
  const wasStaged = staged !== undefined && staged.oid !== stored.oid;
  return write(workspace, invocation, {
    edits,
    commit: [inputs.path, ...(wasStaged ? [path] : [])],
    commitOnly: true,
    also: () => wasStaged && restage(repository, { path, mode: staged.mode, oid: stored.oid }, inputs.path),
    message: `docs(${id}): propose ${recordName(inputs.path)}`,
    description: `${faults.length > 0 ? `mend the record (${faults.map((fault) => fault.message).join('; ')}), then commit` : 'read the record, then commit'}; another actor accepts: ${acceptCommand(invocation.program, inputs.path, id)}`,
    done: `your edit is a proposed change of ${id} now, and spec.md is as it was frozen${wasStaged ? '; both are staged so, in place of the staged edit' : ''}`,
    json: { ticket: id, impact: inputs.impact, restored: path, restaged: wasStaged, faults },
  });
}

/** A run that was interrupted, or a second one of the same edit: the record is there already, and there is to be one. */
function restoreOnly(workspace: Workspace, invocation: Invocation, record: string, { id, path, stored }: { id: string; path: string; stored: Stored }): Outcome {
  const { repository } = workspace;
  const restore: Edit = { path, content: checkedOut(repository, path, stored.oid), expect: readBytes(join(repository.workRoot, path)) as Buffer };
  const staged = stagedBlob(repository, path);
  const wasStaged = staged !== undefined && staged.oid !== stored.oid;
  return write(workspace, invocation, {
    edits: [restore],
    commit: [record, ...(wasStaged ? [path] : [])],
    commitOnly: true,
    also: () => wasStaged && restage(repository, { path, mode: staged.mode, oid: stored.oid }, record),
    message: `docs(${id}): propose ${recordName(record)}`,
    description: `read the record, then commit; another actor accepts: ${acceptCommand(invocation.program, record, id)}`,
    done: `your edit was kept in ${record} before; spec.md is as it was frozen${wasStaged ? ', in the index too' : ''}`,
    json: { ticket: id, record, restored: path, restaged: wasStaged },
  });
}

function sameChanges(one: Delta, other: Delta): boolean {
  return renderDelta({ ...one, taskImpact: '' }) === renderDelta({ ...other, taskImpact: '' });
}

/** The index would still hold the edit: a commit would be refused for it. */
function restage(repository: Repository, version: Parameters<typeof stage>[1], record: string): void {
  try {
    stage(repository, version, record);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${record} is written and ${version.path} restored, but the index still holds the edit: ${error.message}`, `git add -- ${shellCommand([version.path, record])}`, 'not-staged');
  }
}

function editedSpec(spec: GovernedDocument | undefined, path: string, frozen: FrozenTicket, program: string): GovernedDocument {
  if (!spec) throw new UserError(`Unexpected absence of ${path}, expected it with the edit that is to become a change record`, `git checkout HEAD -- ${path}, then edit it`, 'spec-missing');
  if (specDigest(spec.bytes) === frozen.pin) {
    throw new UserError(`Unexpected ${path} as it was frozen, expected an edit to make a change record from`, `edit ${path} first, or scaffold a record: ${program} new change --ticket ${frozen.ticket.id} --impact replacing --title "WHAT CHANGES"`, 'no-edit');
  }
  const [problem] = spec.parsed.problems;
  if (problem) throw new UserError(`${problem.message} (${path}:${problem.line})`, problem.remedy, 'spec-invalid');
  return spec;
}

function frozenVersion(repository: Repository, path: string, frozen: FrozenTicket, program: string): Stored {
  const stored = findVersion(repository, path, (content) => specDigest(content) === frozen.pin);
  if (stored) return stored;
  const shallow = repository.git(['rev-parse', '--is-shallow-repository']).toString().trim() === 'true';
  throw new UserError(
    `Unexpected pin of ${frozen.ticket.id}, expected one of a ${path} that git stores somewhere: the frozen text is in no commit`,
    shallow ? 'git fetch --unshallow, then try again' : `undo the edit in your editor; or, before any node has started, ${program} unfreeze --ticket ${frozen.ticket.id}`,
    'frozen-text-missing',
  );
}

function deltaOfEdit(edited: GovernedDocument, stored: Stored, path: string): { delta: Delta; impact: 'additive' | 'replacing' } {
  const { delta, impact, unsaid } = deltaBetween(parseDocument(stored.content), edited.parsed);
  if (unsaid.length > 0) {
    throw new UserError(`Unexpected edit of ${unsaid.join(' and ')} in ${path}, expected changes of requirements and prose alone: no change record can say that`, `put that part back as git diff ${path} shows it, then try again`, 'edit-unsaid');
  }
  if (impact === undefined) {
    throw new UserError(`Unexpected edit of ${path} that changes no requirement and no prose, expected one that says something else`, `git checkout HEAD -- ${path} puts the frozen text back`, 'no-difference');
  }
  return { delta, impact };
}

const VERBS = { ADDED: 'Add', MODIFIED: 'Change', REMOVED: 'Remove', RENAMED: 'Rename' } as const;

/** `Change Token validation and add Rate limit`. */
function titleOf(delta: Delta): string {
  const entries = [...delta.requirements, ...delta.sections];
  const shown = entries.slice(0, 3).map(({ operation, name }) => `${VERBS[operation].toLowerCase()} ${name}`);
  const rest = entries.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const text = parts.length === 1 ? (parts[0] as string) : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
