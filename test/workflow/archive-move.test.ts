import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { isAddressChange } from '../../src/workflow/address-change.ts';
import { withFollowedPaths } from '../../src/workflow/followed-paths.ts';
import { folderMove, relinked } from '../../src/workflow/relinked.ts';

const parsed = (text: string) => parseDocument(Buffer.from(text));
const moved = folderMove('docs/specs/PROJ-7', 'docs/specs/ARCHIVED/PROJ-7');
const HERE = 'docs/specs/PROJ-8/idea.md';
const followed = (text: string, from = HERE, there: readonly string[] = ['docs/specs/PROJ-7/spec.md', 'docs/specs/PROJ-7', 'docs/specs/PROJ-7/a b.md']) =>
  withFollowedPaths(parsed(text), { from, to: moved(from), moved, exists: (path) => there.includes(path) });

describe('X17: links follow a moved folder', () => {
  it.each([
    ['[x]: ../PROJ-7/spec.md#h', '[x]: ../ARCHIVED/PROJ-7/spec.md#h'],
    ['See [x].\r\n\r\n[x]:\r\n  <../PROJ-7/a b.md#top>\r\n  "A title"\r\n', 'See [x].\r\n\r\n[x]:\r\n  <../ARCHIVED/PROJ-7/a b.md#top>\r\n  "A title"\r\n'],
    ['> - [x]: ../PROJ-7/a%20b.md\n', '> - [x]: ../ARCHIVED/PROJ-7/a%20b.md\n'],
    ['![alt [a](../PROJ-7/no.md)](../PROJ-7/r%C3%A4um.png "t")', '![alt [a](../PROJ-7/no.md)](../ARCHIVED/PROJ-7/r%C3%A4um.png "t")'],
    ['[![alt](../PROJ-7/a.png)](</docs/specs/PROJ-7/räum (1).md>)', '[![alt](../ARCHIVED/PROJ-7/a.png)](</docs/specs/ARCHIVED/PROJ-7/räum (1).md>)'],
    ['[a](../PROJ-7/x\\(1\\).md?a=1&amp;b#c\\_d)', '[a](../ARCHIVED/PROJ-7/x%281%29.md?a=1&amp;b#c_d)'],
    ['[a [b](../PROJ-7/)](../PROJ-7/no.md) [c](  ../PROJ-7/./spec.md  )', '[a [b](../ARCHIVED/PROJ-7/)](../PROJ-7/no.md) [c](  ../ARCHIVED/PROJ-7/spec.md  )'],
    ['```\n[x]: ../PROJ-7/spec.md\n```\n\n    [y]: ../PROJ-7/spec.md\n\n<!--\n[z]: ../PROJ-7/spec.md\n-->\n\n`[a](../PROJ-7/spec.md)` \\[b](../PROJ-7/spec.md)', undefined],
    ['[x]: https://example.com/PROJ-7/\n[y]: mailto:a@PROJ-7.example\n[z]: #PROJ-7\n[w]: ../PROJ-70/spec.md\n', undefined],
    ['[a]: ../PROJ-7/one.md\n[a]: ../PROJ-7/two.md\n[^1]: ../PROJ-7/foot.md\n', '[a]: ../ARCHIVED/PROJ-7/one.md\n[a]: ../ARCHIVED/PROJ-7/two.md\n[^1]: ../ARCHIVED/PROJ-7/foot.md\n'],
  ])('in %j', (text, now = text) => {
    for (const head of ['', '---\r\nticket: PROJ-8\r\n---\r\n', '\uFEFF']) {
      expect(relinked(parsed(head + text), HERE, HERE, moved)).toBe(head + now);
      if (now !== text) expect(relinked(parsed(head + now), HERE, HERE, folderMove('docs/specs/ARCHIVED/PROJ-7', 'docs/specs/PROJ-7'))).toContain('../PROJ-7/');
    }
  });

  it('out of the folder, and not within it', () => {
    const from = 'docs/specs/PROJ-7/nodes/build.md';
    const text = '[own][o] [out][p] [root][r]\n\n[o]: ../spec.md\n[p]: ../../PROJ-8/räum.md#h\n[r]: /docs/specs/PROJ-7/spec.md\n';
    expect(relinked(parsed(text), from, moved(from), moved)).toBe('[own][o] [out][p] [root][r]\n\n[o]: ../spec.md\n[p]: ../../../PROJ-8/räum.md#h\n[r]: /docs/specs/ARCHIVED/PROJ-7/spec.md\n');
  });

  it('in a document that is longer than the parser is given at once', () => {
    const text = Array.from({ length: 3000 }, (_, index) => `# H${index}\n\n[a${index}]: ../PROJ-7/spec.md#h${index}\n`).join('\n');
    expect(relinked(parsed(text), HERE, HERE, moved)).toBe(text.replaceAll('../PROJ-7', '../ARCHIVED/PROJ-7'));
  });
});

describe('X17: paths in frontmatter follow a moved folder', () => {
  const front = (lines: string) => `---\r\n${lines.replaceAll('\n', '\r\n')}\r\n---\r\nBody docs/specs/PROJ-7/spec.md\r\n`;
  it.each([
    ['inputs: ["docs/specs/PROJ-7/spec.md#Goals", docs/specs/PROJ-7/spec.md] # why', 'inputs: ["docs/specs/ARCHIVED/PROJ-7/spec.md#Goals", docs/specs/ARCHIVED/PROJ-7/spec.md] # why'],
    ["nodes:\n- id: a\n  inputs:\n  -   {path: 'docs/specs/PROJ-7/a b.md', layer: L3}\n", "nodes:\n- id: a\n  inputs:\n  -   {path: 'docs/specs/ARCHIVED/PROJ-7/a b.md', layer: L3}\n"],
    ['x-own: /docs/specs/PROJ-7/spec.md:12\nl1:\n  files: [docs/specs/PROJ-7/*.md, docs/specs/PROJ-7/spec.md (new)]', 'x-own: /docs/specs/ARCHIVED/PROJ-7/spec.md:12\nl1:\n  files: [docs/specs/ARCHIVED/PROJ-7/*.md, docs/specs/ARCHIVED/PROJ-7/spec.md (new)]'],
    ['from: ../PROJ-7/spec.md\nat: ./../PROJ-7/', 'from: ../ARCHIVED/PROJ-7/spec.md\nat: ../ARCHIVED/PROJ-7/'],
    ['folded: >-\n  docs/specs/PROJ-7/spec.md\ndouble: "docs\\x2Fspecs/PROJ-7/spec.md"', undefined],
    ['title: See docs/specs/PROJ-7/spec.md\nscope: [docs/specs/PROJ-7/**]\nhistory: [{reason: docs/specs/PROJ-7/spec.md}]\nnone: docs/specs/PROJ-7/none.md\nother: docs/specs/PROJ-70/spec.md', undefined],
  ])('%j', (lines, now) => {
    const text = followed(front(lines));
    if (now !== undefined) expect(text).toBe(front(now));
    else if (lines.startsWith('title')) expect(text).toBe(front(lines));
    else expect(text).toBeUndefined();
    if (now !== undefined && text !== undefined) expect(isAddressChange(HERE, parsed(front(lines)), parsed(text), (path) => path.startsWith('docs/specs/ARCHIVED'))).toBe(true);
  });

  it('of a document that moves itself', () => {
    const there = ['docs/specs/PROJ-7/spec.md', 'docs/knowledge/a.md'];
    expect(followed('---\na: ../../knowledge/a.md\nb: ./spec.md\nc: docs/knowledge/a.md\n---\n', 'docs/specs/PROJ-7/tasks.md', there)).toBe('---\na: ../../../knowledge/a.md\nb: ./spec.md\nc: docs/knowledge/a.md\n---\n');
  });

  it('and nothing else passes as a part of the move', () => {
    const isMove = (was: string, now: string) => isAddressChange(HERE, parsed(was), parsed(now), (path) => path.includes('ARCHIVED'));
    const was = '---\na: docs/specs/PROJ-7/spec.md\n---\n[x]: ../PROJ-7/spec.md\n';
    const now = was.replaceAll('PROJ-7', 'ARCHIVED/PROJ-7');
    expect(isMove(was, now)).toBe(true);
    for (const other of [now.replace('a:', 'b:'), now.replace('[x]', '[y]'), `${now}more`, now.replace('a: ', 'a:  '), now.replace('---\n[', 'b: 1\n---\n['), now.replace('docs/specs/ARCHIVED', 'docs/specs')]) expect(isMove(was, other), other).toBe(other === now.replace('docs/specs/ARCHIVED', 'docs/specs'));
  });
});
