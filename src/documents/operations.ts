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
  return isRequirement(text) ? oneLine(text.slice(REQUIREMENT.length)) : undefined;
}

/** The name in the text of a `#### Scenario: NAME` heading. */
export function scenarioName(text: string): string | undefined {
  return isScenario(text) ? oneLine(text.slice(SCENARIO.length)) : undefined;
}

/** Whether `requirementName` finds one. */
export function isRequirement(text: string): boolean {
  return text.startsWith(REQUIREMENT) && hasText(text, REQUIREMENT.length);
}

/** Whether `scenarioName` finds one. */
export function isScenario(text: string): boolean {
  return text.startsWith(SCENARIO) && hasText(text, SCENARIO.length);
}

const REQUIREMENT = 'Requirement:';
const SCENARIO = 'Scenario:';

/** Whether anything but white space stands from an offset on. */
function hasText(text: string, from: number): boolean {
  const last = text.charCodeAt(text.length - 1);
  return (text.length > from && last > 32 && last < 128) || /\S/.test(text.slice(from));
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
