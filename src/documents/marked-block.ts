import { hash } from './digest.ts';
import { eolOf } from './section-edit.ts';

export interface Marked {
  readonly text: string;
  /** Somebody had written between the marks. */
  readonly isEdited: boolean;
}

interface Block {
  readonly from: number;
  readonly to: number;
  /** LF. */
  readonly inner: string;
  readonly isIntact: boolean;
}

/**
 * The text with `content` (LF) between the marks of `name`: in place of the block that is there, else
 * at the end; with undefined the block is taken away. Everything outside of the marks stays byte by
 * byte. The mark holds the content's digest, so that an edit in there is noticed; then `whenEdited`
 * says whether the block is left as it is, or written anew with every line that is not ours kept below.
 */
export function setMarked(text: string, name: string, content: string | undefined, whenEdited: 'keep' | 'renew'): Marked {
  const eol = eolOf(text);
  const blocks = blocksOf(text, name);
  const block = blocks.find(({ isIntact }) => isIntact) ?? blocks[0];
  if (!block) return { text: content === undefined ? text : appended(text, markedBlock(name, content, eol), eol), isEdited: false };
  if (!block.isIntact && whenEdited === 'keep') return { text, isEdited: true };
  const [before, after] = [text.slice(0, block.from), text.slice(block.to)];
  const theirs = block.isIntact ? [] : foreignLines(block.inner, content ?? '');
  const kept = theirs.length === 0 ? '' : theirs.join(eol);
  if (content !== undefined) return { text: `${before}${markedBlock(name, content, eol)}${kept === '' ? '' : eol + eol + kept}${after}`, isEdited: !block.isIntact };
  return { text: before + kept + after, isEdited: !block.isIntact };
}

function markedBlock(name: string, content: string, eol: string): string {
  const inner = tidy(content).replaceAll(/<!-- (\/?)treework:/g, '&lt;!-- $1treework:');
  return [`<!-- treework:${name} ${hash(inner)} -->`, ...inner.split('\n'), `<!-- /treework:${name} -->`].join(eol);
}

/** A mark that opens and is not closed before the next one opens is people's text. */
function blocksOf(text: string, name: string): Block[] {
  const pattern = new RegExp(`<!-- treework:${name} (sha256:[0-9a-f]{64}) -->((?:(?!<!-- treework:${name} )[^])*?)<!-- /treework:${name} -->`, 'g');
  return [...text.matchAll(pattern)].map((found) => {
    const inner = tidy(found[2] ?? '');
    return { from: found.index, to: found.index + found[0].length, inner, isIntact: hash(inner) === found[1] };
  });
}

/** Forges trim lines' ends and change how lines end. */
function tidy(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[ \t]+$/gm, '').replaceAll(/^\n+|\n+$/g, '');
}

/** What stands in an edited block and not in the new one; blank lines only between such. */
function foreignLines(inner: string, content: string): string[] {
  const ours = new Set(tidy(content).split('\n'));
  const lines = inner.split('\n').filter((line) => line === '' || !ours.has(line));
  return lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== '' && lines.slice(index).some((later) => later !== '')));
}

function appended(text: string, block: string, eol: string): string {
  const gap = text === '' || text.endsWith(eol + eol) ? '' : text.endsWith(eol) ? eol : eol + eol;
  return `${text}${gap}${block}`;
}
