import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';
import { describe, expect, it } from 'vitest';
import { findFence, positionAt } from '../../src/documents/fence.ts';
import { outlineOfTree, referenceOutline, withoutMark } from '../../src/documents/outline-reference.ts';
import { scanBody } from '../../src/documents/outline-scan.ts';
import type { BodyOutline } from '../../src/documents/outline-scan.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { RUNS, body, markdown } from './generators.ts';

/** CommonMark with frontmatter and nothing left out. */
function fullOutline(file: string): BodyOutline {
  const text = withoutMark(file);
  const tree = fromMarkdown(text, { extensions: [frontmatter('yaml')], mdastExtensions: [frontmatterFromMarkdown('yaml')] });
  return outlineOfTree(text, tree);
}

function plain(outline: BodyOutline) {
  const sorted = (lines: ReadonlySet<number>) => [...lines].sort((a, b) => a - b);
  return { headings: outline.headings, opaque: sorted(outline.opaque), fenced: sorted(outline.fenced) };
}

describe('the scanner', () => {
  it('answers what CommonMark answers, or nothing', () => {
    let answered = 0;
    fc.assert(
      fc.property(body, (text) => {
        if (/^---[ \t]*[\r\n]/.test(text)) return;
        const scanned = scanBody(text, 0, 1);
        if (scanned === undefined) return;
        answered += 1;
        expect(plain(scanned)).toEqual(plain(fullOutline(text)));
      }),
      { numRuns: RUNS },
    );
    expect(answered).toBeGreaterThan(0);
  });

  it('needs no help with the documents of the design', () => {
    const text = `## Requirements
### Requirement: Token validation
The system SHALL reject expired
tokens with HTTP 401.
#### Scenario: Expired token
- **GIVEN** a token whose exp is in the past
- **WHEN** it is sent to any endpoint
  - nested
- **THEN** the system responds with \`HTTP 401\`

1. first
2. second

<!-- a comment
# not a heading -->
~~~sh
# not a heading
~~~

---

    # indented code

**Bold** and [a link](x).
`;
    const outline = scanBody(text, 0, 1);
    expect(outline).toBeDefined();
    expect(plain(outline as BodyOutline)).toEqual(plain(fullOutline(text)));
    expect(outline?.headings.map((heading) => heading.text)).toEqual(['Requirements', 'Requirement: Token validation', 'Scenario: Expired token']);
  });
});

describe('outlineOf', () => {
  it('is what CommonMark with frontmatter says of the whole file', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        if (text.includes('\0')) return;
        const document = parseDocument(Buffer.from(text));
        expect(document.text).toBe(text);
        const outline = outlineOf(document);
        const reference = fullOutline(text);
        expect(outline.headings).toEqual(reference.headings);
        expect([...outline.opaque].sort((a, b) => a - b)).toEqual([...reference.opaque].sort((a, b) => a - b));
        expect(outline.lines.join('\n')).toBe(text.replace(/\r\n?/g, '\n'));
        expect(outlineOf(document)).toBe(outline);
      }),
      { numRuns: RUNS },
    );
  });

  it('loses nothing by leaving inline constructs out', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        expect(plain(referenceOutline(text))).toEqual(plain(fullOutline(text)));
      }),
      { numRuns: RUNS },
    );
  });

  it('says so when a long document is more than plain', () => {
    const plainText = `---\na: 1\n---\n# one\n${'word '.repeat(60_000)}\n`;
    expect(outlineOf(parseDocument(Buffer.from(plainText)))).toMatchObject({ headings: [{ text: 'one', line: 4 }], problem: undefined });
    const underlined = outlineOf(parseDocument(Buffer.from(`${plainText}===\n`)));
    expect(underlined.headings).toEqual([]);
    expect(underlined.problem?.message).toContain('expected at most 262144');
  });
});

describe('findFence', () => {
  it('is where micromark finds frontmatter', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const tree = fromMarkdown(text, { extensions: [frontmatter('yaml')], mdastExtensions: [frontmatterFromMarkdown('yaml')] });
        const first = tree.children[0];
        const fence = findFence(text);
        if (first?.type !== 'yaml') expect(typeof fence).toBe('string');
        else if (typeof fence === 'string') expect(fence).toBe('a fence');
        else {
          const source = text.slice(fence.yamlStart, fence.yamlEnd);
          expect(source.replace(/(?:\r\n|\r|\n)$/, '').replace(/\r\n?/g, '\n')).toBe(first.value.replace(/\r\n?/g, '\n'));
          expect(positionAt(text, fence.yamlEnd).line).toBe(first.position?.end.line);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
