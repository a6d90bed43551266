import { eolOf, sectionSpan } from './section-edit.ts';

/** What stands between these two is written anew; everything else is people's. */
const [OPEN, CLOSE] = ['<!-- kept by treework -->', '<!-- /kept by treework -->'];

/** The lines of a section's kept block; none where there is no block. */
export function keptLines(text: string, section: string): string[] {
  const found = blockIn(text, section);
  if (!found) return [];
  const inner = text.slice(found.from, found.to).trim();
  return inner === '' ? [] : inner.split(/\r\n|\n|\r/);
}

/**
 * The text with other lines in a section's kept block; the block is made at the section's beginning,
 * and the section at the text's end, where there is none. Nothing else changes by a byte.
 */
export function setKept(text: string, section: string, lines: readonly string[]): string {
  const eol = eolOf(text);
  const inner = lines.map((line) => line + eol).join('');
  const found = blockIn(text, section);
  if (found) return `${text.slice(0, found.from)}${eol}${inner}${text.slice(found.to)}`;
  const block = `${OPEN}${eol}${inner}${CLOSE}${eol}`;
  const span = sectionSpan(text, section);
  if (!span) return `${text}${text.endsWith('\n') ? '' : eol}${eol}## ${section}${eol}${eol}${block}`;
  const opens = text[span.from - 1] === '\n' ? eol : eol + eol;
  const closes = /^[ \t]*(?:\r?\n|$)/.test(text.slice(span.from)) ? '' : eol;
  return `${text.slice(0, span.from)}${opens}${block}${closes}${text.slice(span.from)}`;
}

/** Between the marks, from the end of the first one to the beginning of the other. */
function blockIn(text: string, section: string): { readonly from: number; readonly to: number } | undefined {
  const span = sectionSpan(text, section);
  if (!span) return undefined;
  const opens = text.indexOf(OPEN, span.from);
  const closes = opens === -1 ? -1 : text.indexOf(CLOSE, opens);
  return closes === -1 || closes > span.to ? undefined : { from: opens + OPEN.length, to: closes };
}
