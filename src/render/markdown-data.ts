import { printable } from './plain-text.ts';

/*
 * Text from a branch inside Markdown of ours: it is shown as it stands and never read as Markdown or
 * HTML. GitHub Flavored Markdown, https://github.github.com/gfm/.
 */

/** Text as inline code: the marks are longer than any run of backticks in it (GFM 6.3). */
export function codeSpan(text: string): string {
  const shown = printable(text).replaceAll('\t', ' ').trim() || '(empty)';
  const marks = '`'.repeat(longestRun(shown) + 1);
  const gap = /^`|`$/.test(shown) ? ' ' : '';
  return `${marks}${gap}${shown}${gap}${marks}`;
}

/** Lines as fenced code: the fence is longer than any run of backticks in them (GFM 4.5). */
export function fenced(lines: readonly string[], language = 'text'): string {
  const shown = lines.map(printable);
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestRun(line) + 1)));
  return [fence + language, ...shown, fence].join('\n');
}

/** Text for a table's cell, where inline code could be cut in two: every sign is an entity (GFM 6.2), and no link comes of it. */
export function cell(text: string): string {
  const entity = (sign: string) => `&#${sign.charCodeAt(0)};${/[.:@/]/.test(sign) ? '&#8288;' : ''}`;
  return printable(text).replaceAll('\t', ' ').replaceAll(/[!-,./:-@[-`{-~]/g, entity);
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
