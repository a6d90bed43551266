import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../error.ts';
import { now } from '../git/clock.ts';
import { readBytes, writeFileAtomic } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { vizModel } from '../render/viz/model.ts';
import { VIZ_MARK, vizPage } from '../render/viz/page.ts';
import { VERSION } from '../version.ts';
import { anyTicket, ticketToShow } from './any-ticket.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { nextActionOf } from './next-action.ts';
import { openWorkspace, withTicket } from './workspace.ts';

export const command: Command = {
  summary: 'a ticket as one HTML page: graph, details, changes, timeline',
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
  const ticket = anyTicket(workspace, invocation);
  const out = lineOf(invocation.values, 'out');
  const file = out === undefined ? join(workspace.repository.gitDir, 'treework/pages', `${ticket}.html`) : resolve(invocation.cwd, out);
  let isArchived = false;
  const page = await withTicket(workspace, ticket, (work) => {
    const found = ticketToShow(workspace, work, ticket, invocation.program);
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

/** Only a page of ours is written over. */
function refuseOthers(file: string): void {
  const there = readBytes(file);
  if (!there || there.toString('utf8', 0, VIZ_MARK.length) === VIZ_MARK) return;
  throw new UserError(`Unexpected ${file}, expected no file or a page that was made here: it is left as it is`, '--out ANOTHER.html', 'exists');
}
