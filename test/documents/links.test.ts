import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, describe, it } from 'vitest';
import { findFence } from '../../src/documents/fence.ts';
import { scanLinks, type Link } from '../../src/documents/links-scan.ts';
import { linksOf, referenceLinks } from '../../src/documents/links.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { body, RUNS } from './generators.ts';
import { allowTime, holds } from './holds.ts';

/** Everything that decides whether brackets and parentheses are a link. */
const piece = fc.constantFrom(
  '[', ']', '](', ')', '(', '![', '!', '[a](b)', '![a](b)', '[a](b "t")', "[a](b 't')", '[a](b (t))', '[a]( b )', '[]()', '[a](<b c>)', '[a](<b>)', '[a](b(c)d)', '[a](b\\)c)', '[a](b&amp;c)', '[a](b c)', '[a](b"c)', '[a]("b")',
  '[`a`](b)', '[a](`b`)', '`[a](b)`', '`', '``', '[a](x`y)', '\\', '\\[', '\\`', '<b>', '<b a="', '">', '<https://a.b>', '<!-- ', ' -->', '< b', '[a][b](c)', '[a][](c)', '[a]: /u', '[b]: /u "t"', '\n[b]: [a](b)', '[a [b](c) d](e)', '[![a](b)](c)',
  '*', '**', '_', ' ', '\t', 'x', 'é', '\u00a0', '\n', '\n', '\r\n', '\n\n', '\n> ', '\n- ', '\n1. ', '\n# ', '\n    ', '\n```\n', '\n===\n', '\n---\n', '| ', '[x] ', '[ ] ', '~', '#', '%20', '../a.md#b', '<', '>', '&', '[^1](x)', '[a\nb](c)', '[a](b\n"t")', '[a](\nb)', '\f', '\u2028', '"', "'", '🗺️',
);
const linky = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const hostile = fc.string({ unit: fc.constantFrom(...'ab[]()!`<>\\"\' \n&:#-*'), maxLength: 40 });
const text = fc.oneof({ arbitrary: linky, weight: 5 }, { arbitrary: hostile, weight: 3 }, { arbitrary: fc.tuple(body, linky, body).map((parts) => parts.join('\n')), weight: 2 });

/** Straight from the library, without this project's reading of it. */
function whole(source: string): Link[] {
  const links: Link[] = [];
  const visit = (node: ReturnType<typeof fromMarkdown>['children'][number] | ReturnType<typeof fromMarkdown>): void => {
    if ((node.type === 'link' || node.type === 'image') && source[node.position?.start.offset ?? 0] !== '<') {
      links.push({ line: node.position?.start.line ?? 0, column: node.position?.start.column ?? 0, url: node.url, isImage: node.type === 'image' });
    }
    if ('children' in node) node.children.forEach(visit);
  };
  visit(fromMarkdown(source));
  return links;
}

allowTime();

describe('the scanner of links', () => {
  it('answers what CommonMark answers, or nothing', async () => {
    let answered = 0;
    await holds(
      fc.property(linky, (source) => {
        const lines = source.split(/\r\n|\n|\r/);
        // Lines that begin other blocks than text are told by the outline, not here.
        if (lines.some((line) => /^[ \t]*$|^(?: {4}|[ \t]*\t)|```|~~~|<|^[ \t]*(?:[-*+>]|\d)/.test(line))) return;
        const links = scanLinks(lines, 1);
        if (!links) return;
        answered += links.length;
        expect(links).toEqual(whole(source));
      }),
      // Most of what is generated is no plain line: fewer could all be passed over.
      Math.max(RUNS, 2_000)
    );
    expect(answered).toBeGreaterThan(0);
  });

  it.each([
    ['plain', 'See [the spec](../PROJ-7/spec.md#goal), ![a drawing](attachments/a.png "how it looks") and `[code](x)`.', 2],
    ['a table', '| [a](b) | [c](d) |\n|---|---|', 2],
    ['brackets that are no links', '- [ ] a task, [x], (see there)', 0],
  ])('needs no help with %s', (_, source, count) => {
    expect(scanLinks(source.split('\n'), 1)).toHaveLength(count);
    expect(scanLinks(source.split('\n'), 1)).toEqual(whole(source));
  });

  it.each(['\\[a](b)', '[a](b`c) `', '<i title="[a](b)">', '[a][b](c)', '[a]:\n[b](c)', '![x [b](c) y][d]', '[a](b\nc)', '[a](b(c))', '`a\n[b](c)`'])('does not answer for %j', (source) => {
    expect(scanLinks(source.split('\n'), 1)).toBeUndefined();
  });
});

describe('linksOf', () => {
  it('is what CommonMark says of the whole body', async () => {
    let found = 0;
    await holds(
      fc.property(text, (source) => {
        if (source.includes('\0') || source.charCodeAt(0) === 0xfeff || findFence(source) !== 'absent' || /^(?:<{7}|={7}|>{7})/m.test(source)) return;
        const { links, unread } = linksOf(parseDocument(Buffer.from(source)));
        expect(unread).toEqual([]);
        found += links.length;
        expect(links).toEqual(whole(source));
      })
    );
    expect(found).toBeGreaterThan(0);
  });

  it('counts lines from the top of the file', () => {
    const { links } = linksOf(parseDocument(Buffer.from('---\na: 1\n---\n\n[a](b)\n\n# H\n\\* [c](d)\n')));
    expect(links).toEqual([{ line: 5, column: 1, url: 'b', isImage: false }, { line: 8, column: 4, url: 'd', isImage: false }]);
  });

  it('answers within a test’s time for what is made to be slow', () => {
    const shapes = ['[', '*[a](b)', '<a [b](c) ', '[[a](b)'];
    for (const shape of shapes) {
      expect(() => linksOf(parseDocument(Buffer.from(`${shape.repeat(Math.ceil(500_000 / shape.length))}](b)\n`)))).not.toThrow();
      expect(() => linksOf(parseDocument(Buffer.from(Array.from({ length: 12 }, () => `# h\n\n${shape.repeat(Math.ceil(8_000 / shape.length))}](b)\n`).join('\n'))))).not.toThrow();
    }
  });
});

it('the reference reads what it is given as lines of the file', () => {
  expect(referenceLinks('x\n[a](b)', 7)).toEqual([{ line: 8, column: 1, url: 'b', isImage: false }]);
});
