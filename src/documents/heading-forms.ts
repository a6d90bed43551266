import { nearest } from './nearest.ts';
import { oneLine, OPERATIONS, requirementName, scenarioName, type Operation } from './operations.ts';

/** What a heading should have been. */
export interface RightForm {
  /** For a message; where `isSafe`, the heading's line in double quotes and nothing else. */
  readonly expected: string;
  /** Only case, spacing or level differ. */
  readonly isSafe: boolean;
}

/** What a change record's requirements stand under, for messages. */
export const ABOVE_REQUIREMENTS = OPERATIONS.map((operation) => `"## ${operation} Requirements"`).join(', ').replace(/, (?=[^,]*$)/, ' or ');

const SYNONYMS: Readonly<Record<string, Operation>> = {
  ADD: 'ADDED', ADDITIONAL: 'ADDED', ADDITIONS: 'ADDED', NEW: 'ADDED',
  CHANGE: 'MODIFIED', CHANGED: 'MODIFIED', MODIFY: 'MODIFIED', UPDATED: 'MODIFIED', EDITED: 'MODIFIED',
  DELETED: 'REMOVED', DELETE: 'REMOVED', REMOVE: 'REMOVED', DROPPED: 'REMOVED',
  RENAME: 'RENAMED', MOVED: 'RENAMED',
};

/**
 * The right form of a heading that means a requirement or a scenario; undefined when it is right or
 * means neither. `depth` is 0 for a line that is no heading. Without a colon only what stands among
 * requirements is taken for one.
 */
export function entryForm(depth: number, text: string, amongRequirements: boolean): RightForm | undefined {
  if (depth === 3 ? text.startsWith('Requirement: ') : !/[::]/.test(text) && !/^\W*(?:requirement|scenario)/i.test(text)) return undefined;
  const match = /^[*_]*(\p{L}+)[*_]*[ \t]*([::]?)[*_]*\s*(.*)$/su.exec(text);
  if (!match) return undefined;
  const [, word, colon, rest] = match as unknown as [string, string, string, string];
  const noun = nounLike(word, colon !== '');
  if (!noun) return undefined;
  const right = noun === 'Requirement' ? 3 : 4;
  if (depth === right && (requirementName(text) ?? scenarioName(text)) !== undefined) return undefined;
  if (rest === '' && (depth <= 2 || colon === '')) return undefined;
  if (colon === '' && !amongRequirements) return undefined;
  const isSafe = word.toLowerCase() === noun.toLowerCase() && colon === ':' && rest !== '' && !/^[*_]|[*_]$/.test(text);
  return { expected: `"${'#'.repeat(right)} ${noun}: ${oneLine(rest) || 'NAME'}"`, isSafe };
}

function nounLike(word: string, hasColon: boolean): 'Requirement' | 'Scenario' | undefined {
  const nouns = ['Requirement', 'Scenario'] as const;
  const same = nouns.find((noun) => noun.toLowerCase() === word.toLowerCase());
  if (same ?? !hasColon) return same;
  return nearest(word, nouns) as 'Requirement' | 'Scenario' | undefined;
}

/**
 * The right form of a `##` heading that means to announce part of a delta; undefined when it means
 * nothing of the kind. Of other depths only what is right but for its level, case or spacing.
 */
export function announcementForm(text: string, kind: 'spec' | 'change', depth: number, holdsEntries: boolean): RightForm | undefined {
  if (depth !== 2 && !/^\S+\s+(?:requirements|section)\b/i.test(text)) return undefined;
  const name = oneLine(text);
  const form = requirementsForm(name, kind) ?? (kind === 'change' ? sectionForm(name) : undefined);
  if (depth !== 2) return form?.isSafe ? form : undefined;
  if (form) return form;
  if (kind === 'spec') return undefined;
  if (nearest(name.toLowerCase(), ['task impact'])) return { expected: '"## Task impact"', isSafe: false };
  if (/^requirements?:?$/i.test(name) || holdsEntries) {
    return { expected: `${ABOVE_REQUIREMENTS} above requirements`, isSafe: false };
  }
  const [only] = name.split(' ').length === 1 ? [operationLike(name)] : [];
  return only ? { expected: `"## ${only} Requirements"`, isSafe: false } : undefined;
}

function requirementsForm(name: string, kind: 'spec' | 'change'): RightForm | undefined {
  const words = name.split(' ');
  if (words.length !== 2) return undefined;
  const [first, second] = words as [string, string];
  const isReversed = isRequirements(first) && operationLike(second) !== undefined;
  const [verb, noun] = isReversed ? [second, first] : [first, second];
  const operation = operationLike(verb);
  if (!operation || !isRequirements(noun)) return undefined;
  const isSame = verb.toUpperCase() === operation;
  // New requirements are what a spec holds anyway: there the words do no harm.
  if (kind === 'spec' && operation === 'ADDED' && !isSame) return undefined;
  return { expected: `"## ${operation} Requirements"`, isSafe: isSame && !isReversed && /^requirements$/i.test(noun) };
}

function sectionForm(name: string): RightForm | undefined {
  const match = /^(\S+) (\p{L}+) ?(:?) ?(.*)$/u.exec(name);
  if (!match) return undefined;
  const [, verb, noun, colon, rest] = match as unknown as [string, string, string, string, string];
  const operation = operationLike(verb);
  if (!operation || !(/^sections?$/i.test(noun) || (colon === ':' && nearest(noun, ['section'])))) return undefined;
  if (operation === 'RENAMED') return { expected: `"## REMOVED Section: ${rest}" and "## ADDED Section: NEW NAME": prose has no other rename`, isSafe: false };
  const isSafe = verb.toUpperCase() === operation && /^section$/i.test(noun) && colon === ':' && rest !== '';
  return { expected: `"## ${operation} Section: ${rest || 'NAME'}"`, isSafe };
}

function isRequirements(word: string): boolean {
  return /^requirements?:?$/i.test(word) || nearest(word.toLowerCase(), ['requirements']) !== undefined;
}

function operationLike(word: string): Operation | undefined {
  const letters = word.replace(/[^\p{L}]/gu, '').toUpperCase();
  if ((OPERATIONS as readonly string[]).includes(letters)) return letters as Operation;
  if (Object.hasOwn(SYNONYMS, letters)) return SYNONYMS[letters];
  return nearest(letters, OPERATIONS) as Operation | undefined;
}
