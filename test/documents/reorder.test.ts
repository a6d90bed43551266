import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { firstOutOfOrder, reordered } from '../../src/documents/reorder.ts';

const ORDER = ['a', 'b', 'c', 'd'];
const data = (text: string) => parseDocument(Buffer.from(text)).data;

describe('reordered', () => {
  it('moves entries with their comments, and own keys with what they follow', () => {
    const text = '---\nc: 1\nx-own: {y: 2}\n\n# about b\nb:\n  - one # first\n  - two\na: |\n  text\n  more\n# the end\n---\nbody\n';
    expect(reordered(text, ORDER)).toBe('---\na: |\n  text\n  more\n\n# about b\nb:\n  - one # first\n  - two\nc: 1\nx-own: {y: 2}\n# the end\n---\nbody\n');
  });

  it.each(['---\r\nb: 1\r\na: 2\r\n---\r\n', '---\n# of everything\nb: 1\na: 2\n---\n', '---\n{b: 1, a: 2}\n---\n', '---\nb: 1\nb: 2\na: 3\n---\n', 'no frontmatter', '---\n? b\n: 1\na: 2\n---\n'])('leaves %j alone', (text) => {
    expect(reordered(text, ORDER)).toBeUndefined();
  });

  it('changes the order of lines and nothing else', () => {
    const value = fc.constantFrom('1', 'two words', '"quoted"', '[x, y]', '{k: v}', '|\n  text\n\n  more', '\n  - i\n  - j: k', '\n  k: v\n  # inside\n  l: w', '', "'it''s' # note");
    const entry = fc.tuple(fc.constantFrom('', '', '# note\n', '\n'), value);
    fc.assert(
      fc.property(fc.shuffledSubarray([...ORDER, 'x-y', 'z'], { minLength: 2 }), fc.array(entry, { minLength: 6, maxLength: 6 }), (keys, entries) => {
        const text = `---\n${keys.map((key, at) => `${at === 0 ? '' : entries[at]?.[0]}${key}: ${entries[at]?.[1]}`.replace(': \n', ':\n')).join('\n')}\n---\nbody\n`;
        const moved = reordered(text, ORDER);
        if (moved === undefined) return;
        expect(data(moved)).toEqual(data(text));
        expect(moved.split('\n').sort()).toEqual(text.split('\n').sort());
        expect(firstOutOfOrder(Object.keys(data(moved) ?? {}), ORDER)).toBeUndefined();
        expect(reordered(moved, ORDER)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
