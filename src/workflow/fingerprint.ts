import { hash } from '../documents/digest.ts';
import type { Finding } from '../tree/finding.ts';

/**
 * What stays of a finding when its line moves: its rule, path, the text of its line and what it says,
 * without the numbers of lines and the counts in it. An edit of the line makes it another finding.
 * 32 hex digits.
 */
export function fingerprintOf({ rule, path, line, message }: Pick<Finding, 'rule' | 'path' | 'line' | 'message'>, text: string | undefined): string {
  return hash(JSON.stringify([rule, path, lineOf(text, line), withoutNumbers(message)])).slice('sha256:'.length, 'sha256:'.length + 32);
}

/** A line of a text, 1-based, without the white space around it; '' where there is none. */
export function lineOf(text: string | undefined, line: number): string {
  return text?.split('\n', line)[line - 1]?.trim() ?? '';
}

/** "(2 places, also line 9)" says where else: that changes when something else does. */
function withoutNumbers(message: string): string {
  return message.replaceAll(/ \([^()]*\d[^()]*\)/g, '').replaceAll(/\bline \d+/g, 'line');
}
