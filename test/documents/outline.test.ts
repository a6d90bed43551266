import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';
import { describe, expect, it } from 'vitest';
import { findFence, positionAt } from '../../src/documents/fence.ts';
import { readBody } from '../../src/documents/outline-body.ts';
import { outlineOfTree, referenceOutline } from '../../src/documents/outline-reference.ts';
import { newScan, scanLines } from '../../src/documents/outline-scan.ts';
import type { BodyOutline } from '../../src/documents/outline-scan.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { body, markdown } from './generators.ts';
import { allowTime, holds } from './holds.ts';

/** CommonMark with frontmatter, where there is any, and nothing left out. */
function fullOutline(file: string): BodyOutline {
  const text = file.charCodeAt(0) === 0xfeff ? file.slice(1) : file; // the parser drops it and does not count it
  // The extension reads an unclosed fence's lines without lists and quotes, which is nobody's intent.
  const extensions = typeof findFence(file) === 'string' ? {} : { extensions: [frontmatter('yaml')], mdastExtensions: [frontmatterFromMarkdown('yaml')] };
  const tree = fromMarkdown(text, extensions);
  return outlineOfTree(text, tree);
}

/** What the scanner says alone, or undefined when it stops. */
function scanBody(text: string): BodyOutline | undefined {
  const scan = newScan();
  return scanLines(scan, text, { at: 0, line: 1 }) === undefined ? scan : undefined;
}

function plain(outline: BodyOutline) {
  const sorted = (lines: ReadonlySet<number>) => [...lines].sort((a, b) => a - b);
  return { headings: outline.headings, opaque: sorted(outline.opaque), fenced: sorted(outline.fenced) };
}

allowTime();

describe('the scanner', () => {
  it('answers what CommonMark answers, or nothing', async () => {
    let answered = 0;
    await holds(
      fc.property(body, (text) => {
        if (/^---[ \t]*[\r\n]/.test(text)) return;
        const scanned = scanBody(text);
        if (scanned === undefined) return;
        answered += 1;
        expect(plain(scanned)).toEqual(plain(fullOutline(text)));
      })
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
    const outline = scanBody(text);
    expect(outline).toBeDefined();
    expect(plain(outline as BodyOutline)).toEqual(plain(fullOutline(text)));
    expect(outline?.headings.map((heading) => heading.text)).toEqual(['Requirements', 'Requirement: Token validation', 'Scenario: Expired token']);
  });
});

describe('outlineOf', () => {
  it('is what CommonMark with frontmatter says of the whole file', async () => {
    await holds(
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
      })
    );
  });

  it('loses nothing by leaving inline constructs out', async () => {
    await holds(
      fc.property(markdown, (text) => {
        if (findFence(text) !== 'absent') return;
        const marked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
        expect(plain(referenceOutline(marked))).toEqual(plain(fullOutline(text)));
        expect(plain(readBody(marked, { at: 0, line: 1 }) as BodyOutline)).toEqual(plain(fullOutline(text)));
      })
    );
  });

  it('says so when a long document is more than plain', () => {
    const plainText = `---\na: 1\n---\n# one\n${'word '.repeat(60_000)}\n`;
    expect(outlineOf(parseDocument(Buffer.from(plainText)))).toMatchObject({ headings: [{ text: 'one', line: 4 }], problem: undefined });
    const underlined = outlineOf(parseDocument(Buffer.from(`${plainText}===\n`)));
    expect(underlined.headings).toEqual([]);
    expect(underlined.problem?.message).toContain('expected at most 64 KB');
  });
});

describe('findFence', () => {
  it('is where micromark finds frontmatter', async () => {
    await holds(
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
      })
    );
  });
});
