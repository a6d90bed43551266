/** What a delta does to a requirement or a section, as its headings say it. */
export type Operation = 'ADDED' | 'MODIFIED' | 'REMOVED' | 'RENAMED';

export const OPERATIONS: readonly Operation[] = ['ADDED', 'MODIFIED', 'REMOVED', 'RENAMED'];

/** Name of the text before the first `##` heading. */
export const PREAMBLE = '(preamble)';

/** What a `##` heading of a spec or change record announces. */
export type Announcement =
  | { readonly kind: 'requirements'; readonly operation: Operation }
  | { readonly kind: 'section'; readonly operation: Operation; readonly name: string }
  | { readonly kind: 'task-impact' };

/** Reads the text of a `##` heading; undefined when it announces nothing. Runs of white space count as one space. */
export function announcementIn(text: string): Announcement | undefined {
  if (!/^(?:ADDED|MODIFIED|REMOVED|RENAMED|Task)\s/i.test(text)) return undefined;
  const name = oneLine(text);
  const requirements = /^(ADDED|MODIFIED|REMOVED|RENAMED) Requirements$/.exec(name);
  if (requirements) return { kind: 'requirements', operation: requirements[1] as Operation };
  const section = /^(ADDED|MODIFIED|REMOVED) Section: (\S.*)$/.exec(name);
  if (section) return { kind: 'section', operation: section[1] as Operation, name: section[2] as string };
  return /^Task impact$/i.test(name) ? { kind: 'task-impact' } : undefined;
}

/** The name in the text of a `### Requirement: NAME` heading. */
export function requirementName(text: string): string | undefined {
  return nameAfter('Requirement:', text);
}

/** The name in the text of a `#### Scenario: NAME` heading. */
export function scenarioName(text: string): string | undefined {
  return nameAfter('Scenario:', text);
}

function nameAfter(start: string, text: string): string | undefined {
  return text.startsWith(start) ? oneLine(text.slice(start.length)) || undefined : undefined;
}

/** White space folded, and no closing sequence: what an underlined heading says as one with `#` marks. */
export function oneLine(text: string): string {
  const trimmed = text.trim();
  return /[^\S ]|  | #+$/.test(trimmed) ? trimmed.replace(/\s+/g, ' ').replace(/ #+$/, '').trim() : trimmed;
}

/** Two names that people would take for one: case and white space do not count. */
export function nameKey(name: string): string {
  return name.replace(/\s+/g, '').toLowerCase();
}
