import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { archivedFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { now } from '../git/clock.ts';
import { pathExists, readBytes, writeFileAtomic } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { vizModel } from '../render/viz/model.ts';
import { VIZ_MARK, vizPage } from '../render/viz/page.ts';
import { VERSION } from '../version.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { nextActionOf } from './next-action.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'the ticket as one HTML page: graph, requirements, changes, timeline',
  usage: ['viz [--ticket ID] [--out FILE]'],
  options: {
    ticket: { type: 'string', help: 'the ticket, archived ones too; else what the folder, the branch or the worktree says' },
    out: { type: 'string', help: 'where the page goes, - for standard output; else a file in git’s own folder, which is never committed' },
  },
  run: viz,
};

/** The picture of a ticket as the work tree has it. `status --as html` is this too. */
export async function viz(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const ticket = shownTicket(workspace, invocation);
  const out = lineOf(invocation.values, 'out');
  const file = out === undefined ? join(workspace.repository.gitDir, 'treework/pages', `${ticket}.html`) : resolve(invocation.cwd, out);
  let isArchived = false;
  const page = await withTicket(workspace, ticket, (work) => {
    const found = ticketAnywhere(new Snapshot(work, workspace.settings), ticket);
    if (!found?.tasks && !found?.spec) throw new UserError(`Unexpected ticket ${ticket} without spec.md and tasks.md, expected something to show`, `${invocation.program} new spec --ticket ${ticket} --title "WHAT IT DELIVERS"`, 'ticket-empty');
    isArchived = found.archived;
    return vizPage(vizModel(found), { css: packageFile('pages/viz.css'), js: packageFile('pages/viz.js'), version: VERSION, source: workspace.repository.branch ?? '', at: now() });
  });
  if (out === '-') return { exit: 0, json: { ticket, html: page }, text: page };
  refuseOthers(file);
  writeFileAtomic(file, page);
  const url = pathToFileURL(file).href;
  const nextAction = await nextActionOf(workspace, invocation, isArchived ? undefined : ticket);
  return { exit: 0, json: { ticket, path: file, url, next_action: nextAction }, text: `${ticket} as a page\n  ${url}` };
}

function shownTicket(workspace: Workspace, invocation: Invocation): string {
  const asked = lineOf(invocation.values, 'ticket');
  const { repository, settings } = workspace;
  const isArchived = asked !== undefined && settings.ticketPattern.test(asked) && pathExists(join(repository.workRoot, archivedFolder(settings, asked)));
  return isArchived ? asked : existingTicket(workspace, invocation);
}

/** Only a page of ours is written over. */
function refuseOthers(file: string): void {
  const there = readBytes(file);
  if (!there || there.toString('utf8', 0, VIZ_MARK.length) === VIZ_MARK) return;
  throw new UserError(`Unexpected ${file}, expected no file or a page that was made here: it is left as it is`, '--out ANOTHER.html', 'exists');
}
