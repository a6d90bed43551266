import { tmpdir } from 'node:os';
import { mergeTexts } from '../../src/git/merge-text.ts';
import { conflictLines, mergeDocument, type MergeTools } from '../../src/workflow/merge-document.ts';
import type { Merged } from '../../src/workflow/merge-frontmatter.ts';
import { mergeRulesOf } from '../../src/workflow/merge-rules.ts';
import type { DocumentKind } from '../../src/documents/place.ts';

const STYLE = { size: 7, labels: { ours: 'ours', base: 'base', theirs: 'theirs' } };

/** Merging as the driver does it, with git itself for lines. */
function toolsOf(kind: DocumentKind | undefined): MergeTools {
  const merge = (base: string, ours: string, theirs: string) => {
    const merged = mergeTexts(base, ours, theirs, STYLE, tmpdir(), { cwd: tmpdir() });
    return merged && { text: merged.text.toString(), conflicts: merged.conflicts };
  };
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return {
    rules: mergeRulesOf(kind, (base, ours, theirs) => {
      const merged = merge(text(base), text(ours), text(theirs));
      return merged?.conflicts === 0 ? merged.text.split('\n').slice(0, -1) : undefined;
    }),
    text: ({ base, ours, theirs }) => merge(base, ours, theirs),
    write: (conflict) => conflictLines(conflict, { ...STYLE, hasBase: false }),
  };
}

export function merge(kind: DocumentKind | undefined, base: string, ours: string, theirs: string): Merged {
  const merged = mergeDocument({ base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) }, toolsOf(kind));
  if (merged === undefined) throw new Error('no text');
  return merged;
}
