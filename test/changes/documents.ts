import { parseDocument } from '../../src/documents/parse.ts';
import type { ParsedDocument } from '../../src/documents/document.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../../src/workflow/ticket.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

export const FRONTMATTER = '---\nticket: PROJ-7\ntitle: Reports API\n---\n';

export function spec(body: string): ParsedDocument {
  return parseDocument(Buffer.from(FRONTMATTER + body));
}

/** A change record's file with this status and body. */
export function record(status: string, body: string): string {
  const decided = status === 'proposed' ? '' : `  - {to: ${status === 'reverted' ? 'accepted' : status}, by: rev, at: "2026-01-02T00:00:00Z"}\n`;
  const reverted = status === 'reverted' ? '  - {to: reverted, by: rev, at: "2026-01-03T00:00:00Z"}\n' : '';
  return `---\ntitle: A change\nimpact: replacing\nstatus: ${status}\nhistory:\n  - {to: proposed, by: dana, at: "2026-01-01T00:00:00Z"}\n${decided}${reverted}---\n${body}`;
}

/** Ticket PROJ-7 of a tree with these files of its folder. */
export function ticket(files: Readonly<Record<string, string>>): Ticket {
  const folder = 'docs/specs/PROJ-7';
  const tree = new MemoryTree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])));
  return ticketIn(new Snapshot(tree, settingsOf({})), folder, 'PROJ-7', false);
}
