import { packageUrl } from '../git/package-file.ts';
import type { Finding } from '../tree/finding.ts';
import { extentAt, linesOf } from './extent.ts';
import { editBetween, rangeOn, type Range, type TextEdit } from './text-edit.ts';

/** A finding as the protocol has it. */
export interface Diagnostic {
  readonly range: Range;
  readonly severity: 1 | 2;
  readonly code: string;
  readonly codeDescription: { readonly href: string };
  readonly source: 'treework';
  /** What is wrong, and on the next line what to do. */
  readonly message: string;
}

/** The findings of one file as diagnostics on its text. */
export function diagnosticsOf(findings: readonly Finding[], text: string): { readonly finding: Finding; readonly diagnostic: Diagnostic }[] {
  const lines = linesOf(text);
  return findings.map((finding) => {
    const { start, end } = extentAt(lines, finding);
    return {
      finding,
      diagnostic: {
        range: rangeOn(start.line, start.column, end.column),
        severity: finding.severity === 'error' ? 1 : 2,
        code: finding.rule,
        codeDescription: { href: packageUrl(`rules/${finding.rule}.md`) },
        source: 'treework',
        message: `${finding.message}\n${finding.remedy}`,
      },
    };
  });
}

/** What a finding's fix changes in a text; none when it was made for another text. */
export function fixFor({ fix }: Finding, text: string): TextEdit[] {
  if (!fix) return [];
  if (text === fix.from) return editBetween(text, fix.to);
  // As git stores it, lines end with LF.
  return text.replaceAll('\r\n', '\n') === fix.from ? editBetween(text, fix.to.replaceAll('\n', '\r\n')) : [];
}

/** Words of a remedy that go on after a command. */
const PROSE = new Set(['says', 'lists', 'shows', 'names', 'in', 'or', 'and', 'then', 'turns', 'writes', 'for', 'to', 'first', 'again', 'where', 'which', 'when', 'before', 'after']);

/** The first command that a remedy names, as it can be typed into a terminal. */
export function commandIn(remedy: string, program: string): string | undefined {
  const start = new RegExp(`(?:^|[\\s:(])(?=(?:${program}|git) )`).exec(remedy);
  if (!start) return undefined;
  const words: string[] = [];
  for (const [word] of remedy.slice(start.index).matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (PROSE.has(word)) break;
    words.push(word.replace(/^\(|[,;:)]+$/g, ''));
    if (/[,;:)]$/.test(word)) break;
  }
  return words.length > 1 ? words.join(' ') : undefined;
}
