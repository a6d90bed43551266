import { requirementsOf } from '../../src/documents/requirements.ts';
import { ticketStatus, type TicketStatus } from '../../src/workflow/node-status.ts';
import { FRONTMATTER, spec, ticket } from '../changes/documents.ts';

const TEXT = (name: string, what: string) => `### Requirement: ${name}\nThe system SHALL ${what}.\n#### Scenario: s\n- **WHEN** x\n- **THEN** y\n`;
export const LOGIN = TEXT('Login', 'ask for a password');
export const SPEC = FRONTMATTER + LOGIN;
const PIN = `sha256:${'a'.repeat(64)}`;

/** A requirement's text, and its digest. */
export function requirement(name: string, what: string): { text: string; digest: string } {
  const text = TEXT(name, what);
  return { text, digest: requirementsOf(spec(text))[0]?.digest as string };
}

export const DIGEST = requirement('Login', 'ask for a password').digest;

export const START = `{to: in_progress, by: impl-1, at: 2026-11-20T11:00:00Z, wave: 1, spec: "${PIN}"}`;
export const DONE = '{to: in_progress, by: impl-1, at: 2026-11-20T11:30:00Z, done: true}';
export const FAIL = '{to: failed, by: review-1, at: 2026-11-20T12:00:00Z, findings: [no tests]}';
export const ESCALATE = '{to: escalated, by: review-1, at: 2026-11-20T12:00:00Z}';
export const RETRY = '{to: in_progress, by: ada, at: 2026-11-20T13:00:00Z, reason: it is up again}';
export const PASS = `{to: complete, by: impl-1, at: 2026-11-20T14:00:00Z, verdict: pass, verified_by: review-1, covered: {Login: "${DIGEST}"}}`;
export const SKIP = '{to: skipped, by: ada, at: 2026-11-20T14:00:00Z, reason: not needed}';
export const RESET = '{to: reset, by: ada, at: 2026-11-20T14:00:00Z, reason: begun anew}';
export const RELEASE = '{to: released, by: ada, at: 2026-11-20T14:00:00Z, reason: the session died}';
export const REJECT = '{to: rejected, by: ada, at: 2026-11-20T14:00:00Z, reason: not like this}';

/** The record of a node with these entries; its status is that of the last one, its l0 is written. */
export function recordOf(node: string, entries: readonly string[], status = /to: (\w+)/.exec(entries.at(-1) ?? '')?.[1], l0 = 'Made'): string {
  return `---\nnode: ${node}\nstatus: ${status}\n${l0 === '' ? '' : `l0: ${l0}\n`}history:\n${entries.map((entry) => `  - ${entry}\n`).join('')}---\n`;
}

/** tasks.md with these nodes, as YAML in flow style. */
export function tasksOf(nodes: string): string {
  return `---\nticket: PROJ-7\ngoal: {title: a, why: b}\nspec: ${PIN}\nnodes: ${nodes}\n---\n`;
}

/** The status of a ticket with these nodes and the histories of some. */
export function statusOf(nodes: string, histories: Readonly<Record<string, readonly string[]>> = {}, files: Readonly<Record<string, string>> = {}): TicketStatus {
  const records = Object.fromEntries(Object.entries(histories).map(([id, entries]) => [`nodes/${id}.md`, recordOf(id, entries, undefined, /done|complete/.test(entries.at(-1) ?? '') ? 'Made' : '')]));
  return ticketStatus(ticket({ 'spec.md': SPEC, 'tasks.md': tasksOf(nodes), ...records, ...files }));
}

/** `id:status`, in the order of the tree. */
export function told({ nodes }: TicketStatus): string {
  return nodes.map(({ node, status }) => `${node.id}:${status}`).join(' ');
}
