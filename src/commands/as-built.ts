import { join } from 'node:path';
import { appendItem, renderFrontmatter } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { directoriesIn, readBytes } from '../git/files.ts';
import { asBuilt, placeAsBuilt } from '../render/as-built.ts';
import { PLANNING_KEY } from '../render/spec-from-planning.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { textsIn } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import { anyTicket, ticketToShow } from './any-ticket.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, WRITE_OPTIONS } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { nextActionOf } from './next-action.ts';
import { planningPath, slugGiven } from './planning-folder.ts';
import { openWorkspace, withTicket, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'write what was built beside what was planned',
  usage: ['as-built [--ticket ID] [--planning SLUG]'],
  options: {
    ticket: { type: 'string', help: 'the ticket, archived ones too; else what the folder, the branch or the worktree says' },
    planning: { type: 'string', help: 'the planning documents’ folder; else the one that the spec was made from, or that names the ticket' },
    ...WRITE_OPTIONS,
  },
  run(invocation) {
    const workspace = openWorkspace(invocation);
    const id = anyTicket(workspace, invocation);
    return withTicket(workspace, id, (work) => tell(workspace, invocation, id, work));
  },
};

async function tell(workspace: Workspace, invocation: Invocation, id: string, work: Tree): Promise<Outcome> {
  const { program } = invocation;
  const ticket = ticketToShow(workspace, work, id, program);
  const slug = slugFor(workspace, invocation, ticket);
  const path = planningPath(workspace, slug, 'as-built');
  const bytes = readBytes(join(workspace.repository.workRoot, path));
  const document = bytes ? bytes.toString() : renderFrontmatter({ title: titleOf(workspace, slug), document: 'as-built', tickets: [id] });
  const placed = placeAsBuilt(withTicketNamed(document, id), id, asBuilt(ticket));
  if ('edited' in placed) throw new UserError(`Unexpected edit between the marks of ${id} in ${path}, expected what was written there by this verb`, 'move your text below the end mark: everything outside of the marks stays as it is; then undo the edit between them', 'as-built-edited');
  const told = { ticket: id, planning: slug };
  if (bytes && placed.text === document) {
    const nextAction = ticket.archived ? undefined : await nextActionOf(workspace, invocation, id);
    return { exit: 0, json: { ...told, path, created: [], changed: [], ...(nextAction && { next_action: nextAction }) }, text: `${path} tells already what ${id} built` };
  }
  const edits: Edit[] = [{ path, content: placed.text, expect: bytes ?? 'absent' }];
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  return write(workspace, invocation, { edits, message: `docs: ${id} as built`, description: 'add what was learnt outside of the marks, then commit', done: `what ${id} built, held against its plan`, json: told, ticket: id });
}

/** The frontmatter names every ticket that is told of. */
function withTicketNamed(document: string, id: string): string {
  const { data } = parseDocument(Buffer.from(document));
  return data === undefined || textsIn(data.tickets).includes(id) ? document : appendItem(document, ['tickets'], id);
}

/** What `--planning` says, else the planning that the spec was made from, else the one that names the ticket, else the only one. */
function slugFor(workspace: Workspace, { values, program }: Invocation, ticket: Ticket): string {
  const given = lineOf(values, 'planning');
  if (given !== undefined) return slugGiven(given);
  const from = ticket.spec?.data[PLANNING_KEY];
  if (typeof from === 'string' && from !== '') return slugGiven(from);
  const base = planningPath(workspace, 'x', 'requirements').split('/x/', 1)[0] as string;
  const slugs = directoriesIn(join(workspace.repository.workRoot, base));
  const naming = slugs.filter((slug) => ['requirements', 'architecture', 'epics', 'as-built'].some((name) => textsIn(dataAt(workspace, slug, name).tickets).includes(ticket.id)));
  const meant = naming.length > 0 ? naming : slugs;
  if (meant.length === 1) return meant[0] as string;
  if (meant.length === 0) throw new UserError(`Unexpected absence of planning documents in ${base}, expected those that ${ticket.id} was planned with`, `${program} as-built --ticket ${ticket.id} --planning NAME begins ${base}/NAME/as-built.md`, 'planning-missing');
  throw new UserError(`Unexpected ${meant.length} plannings that ${ticket.id} may be of, expected to be told which: ${meant.join(', ')}`, `--planning ${meant[0]}`, 'planning-ambiguous');
}

function dataAt({ repository, ...workspace }: Workspace, slug: string, name: string): Readonly<Record<string, unknown>> {
  const bytes = readBytes(join(repository.workRoot, planningPath({ repository, ...workspace }, slug, name)));
  return (bytes && parseDocument(bytes).data) ?? {};
}

function titleOf(workspace: Workspace, slug: string): string {
  const { title } = dataAt(workspace, slug, 'requirements');
  return typeof title === 'string' && title.trim() !== '' ? title : slug;
}
