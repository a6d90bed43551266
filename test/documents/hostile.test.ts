import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendItem, removeKey, setValue } from '../../src/documents/edit.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { UserError } from '../../src/error.ts';
import { RUNS, data, hostileBytes, path } from './generators.ts';
import { allowTime, holds } from './holds.ts';

function parsed(text: string | Buffer) {
  const document = parseDocument(Buffer.from(text as string));
  outlineOf(document);
  document.locate(['a', 0, 'b'], 'key');
  return document;
}

const front = (yaml: string) => `---\n${yaml}\n---\n# body\n`;

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 8 }, (_, at) => `${'bcdefghi'[at]}: &${'bcdefghi'[at]} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(', ')}]`)].join('\n');

allowTime();

describe('a document that is no document', () => {
  it.each<[string, string | Buffer, number, string]>([
    ['nothing', '', 1, 'expected frontmatter'],
    ['no frontmatter', '# Title\n', 1, 'expected frontmatter'],
    ['a late fence', '\n---\na: 1\n---\n', 1, 'expected frontmatter'],
    ['an opening fence alone', '---', 1, 'expected frontmatter'],
    ['an unclosed fence', '---\na: 1\n# body\n', 1, 'expected a closing line `---`'],
    ['a fence that is closed with dots', '---\na: 1\n...\n', 1, 'expected a closing line `---`'],
    ['empty frontmatter', '---\n---\n', 2, 'Unexpected empty frontmatter'],
    ['nothing but a comment', front('# nothing'), 2, 'Unexpected empty frontmatter'],
    ['a list', front('- a\n- b'), 2, 'Unexpected a list'],
    ['a single value', front('just words'), 2, 'Unexpected a single value'],
    ['a second key', front('a: 1\nb: 2\na: 3'), 4, 'Unexpected second key `a`'],
    ['a second key far down', front('a:\n  - b: 1\n    c: 2\n    b: 3'), 5, 'Unexpected second key `b`'],
    ['a second key in another spelling', front('a: 1\n"a": 3'), 3, 'Unexpected second key `a`'],
    ['a number beside its text', front('1: 1\n"1": 3'), 3, 'Unexpected second key `1`'],
    ['a key that is a list', front('a: 1\n? [b]\n: c'), 3, 'Unexpected key that is not text'],
    ['an anchor', front('a: 1\nb: &x 1'), 3, 'Unexpected anchor `&x`'],
    ['an alias', front('a: 1\nb: *x'), 3, 'Unexpected alias `*x`'],
    ['an unquoted glob', front('scope: [src, *.ts]'), 2, 'Unexpected alias `*.ts`'],
    ['a bomb of aliases', front(bomb), 2, 'Unexpected anchor `&a`'],
    ['a tag', front('a: 1\nb: !!js/function x'), 3, 'Unexpected tag `!!js/function`'],
    ['a directive', front('%YAML 1.1\na: no'), 2, 'Unexpected directive `%YAML`'],
    ['a tag directive', front('%TAG ! x\na: no'), 2, 'Unexpected directive `%TAG`'],
    ['two YAML documents', front('a: 1\n--- b\nc: 1'), 3, 'Unexpected document mark `---`'],
    ['an end mark', front('a: 1\n...\nc: 1'), 3, 'Unexpected document mark `...`'],
    ['a colon in a value', front('a: 1\ntitle: Reports: the API'), 3, 'Unexpected second `: `'],
    ['a line without a colon', front('a: 1\nwords\nb: 2'), 3, 'Unexpected line without `: `'],
    ['a tab', front('a:\n\tb: 1'), 3, 'expected'],
    ['an open quote', front('a: 1\nb: "x\nc: 1'), 3, 'expected the closing quote'],
    ['a quote that only seems closed', front('a: 1\nb: "x\\"'), 3, 'expected the closing quote'],
    ['a doubled quote at the end', front("a: 1\nb: 'x''"), 3, 'expected the closing quote'],
    ['an open list', front('a: 1\nb: [x\nc: 1'), 4, 'expected'],
    ['a reserved character', front('a: 1\nb: @x'), 3, 'special character'],
    ['a conflict in the frontmatter', front('a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> theirs'), 3, 'Unexpected conflict marker `<<<<<<<`'],
    ['a conflict around the frontmatter', '<<<<<<< HEAD\n---\na: 1\n---\n=======\n---\na: 2\n---\n>>>>>>> x\n', 1, 'Unexpected conflict marker `<<<<<<<`'],
    ['a NUL', '---\na: 1\n---\nx\0y\n', 4, 'Unexpected NUL byte'],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('---\na: \ufffd\n---\nx'), Buffer.from([0xff, 0xfe])]), 4, 'not UTF-8'],
    ['UTF-16', Buffer.from('\ufeff---\na: 1\n---\n', 'utf16le'), 1, 'Unexpected NUL byte'],
    ['10 MB', Buffer.alloc(10_000_000, 'a'), 1, 'Unexpected size of 10000000 bytes'],
    ['100,000 open brackets', front(`a: 1\nb: ${'['.repeat(100_000)}`), 3, 'Unexpected nesting deeper than 100'],
    ['50,000 open braces', front(`a: 1\nb: ${'{x: '.repeat(50_000)}`), 3, 'Unexpected nesting deeper than 100'],
    ['100,000 dashes', front(`${'- '.repeat(100_000)}x`), 2, 'Unexpected nesting deeper than 100'],
    ['300 levels of indentation', front(Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')), 102, 'Unexpected nesting deeper than 100'],
  ])('%s: one that says where and what', (_, text, line, message) => {
    const document = parsed(text);
    expect(document.problems.length).toBeGreaterThan(0);
    expect(document.problems[0]?.message).toMatch(/^Unexpected .*, expected /s);
    expect(document.problems[0]).toMatchObject({ line, message: expect.stringContaining(message) });
    expect(document.problems.every((problem) => problem.remedy !== '' && problem.column >= 1)).toBe(true);
    expect(document.data).toBeUndefined();
  });

  it('names a conflict in the body, and not in fenced code', () => {
    const conflict = '<<<<<<< HEAD\none\n||||||| base\nx\n=======\ntwo\n>>>>>>> theirs\n';
    const document = parsed(front('a: 1') + conflict);
    expect(document.data).toEqual({ a: 1 });
    expect(document.problems.map((problem) => problem.line)).toEqual([5, 7, 11]);
    expect(parsed(`${front('a: 1')}\`\`\`\n${conflict}\`\`\`\n`).problems).toEqual([]);
    expect(parsed(`${front('a: 1')}- x\n\n  ~~~\n${conflict.replace(/^/gm, '  ')}  ~~~\n`).problems).toEqual([]);
    expect(parsed(`${front('a: 1')}Title\n=======\n\n<<<<<<<<< more\n`).problems).toEqual([]);
  });

  it('counts lines with CRLF and behind a byte order mark', () => {
    expect(parsed('\ufeff---\r\na: 1\r\nb: [\r\n---\r\n').problems[0]).toMatchObject({ line: 4 });
    const document = parsed('\ufeff---\r\na: 1\r\n---\r\nbody\r\n');
    expect(document).toMatchObject({ text: '\ufeff---\r\na: 1\r\n---\r\nbody\r\n', data: { a: 1 }, problems: [], body: 'body\r\n', bodyLine: 4 });
  });
});

describe('text that is made to take long', () => {
  const long = RUNS > 1000 ? 200_000 : 20_000;
  it.each<[string, string]>([
    ['a long plain value', `a: ${'x'.repeat(long)}`],
    ['a long folded value', `a: ${'x y\n  '.repeat(long / 6)}`],
    ['many keys', Array.from({ length: long / 10 }, (_, at) => `k${at}: 1`).join('\n')],
    ['many keys in braces', `a: {${Array.from({ length: long / 10 }, (_, at) => `k${at}: 1`).join(', ')}}`],
    ['many keys twice', `a: &x 1\n${Array.from({ length: long / 10 }, (_, at) => `k${at % 7}: 1`).join('\n')}`],
    ['spaces', `a: x${' '.repeat(long)}y #`],
    ['spaces before nothing', `${' '.repeat(long)}\na: 1`],
    ['line ends', `a: 1${'\n'.repeat(long)}b: 2`],
    ['lone returns', `a: 1${'\r'.repeat(long)}b: 2`],
    ['commas', `a: [${','.repeat(long)}]`],
    ['quotes', `a: ${'"'.repeat(long)}`],
    ['escapes', `a: "${'\\"'.repeat(long / 2)}"`],
    ['comments', `${'#\n'.repeat(long / 2)}a: 1`],
    ['colons', `a${': '.repeat(long / 2)}`],
    ['question marks', '? '.repeat(90)],
    ['anchors', `a: ${'&a '.repeat(long / 3)}`],
    ['tags', `a: ${'! '.repeat(long / 2)}`],
    ['closing brackets', `a: ${']'.repeat(long)}`],
    ['exponents', `a: ${'1'.repeat(long)}e1`],
    ['digits', `a: [${'1 '.repeat(long / 2)}]`],
    ['dashes', '- - a\n'.repeat(long / 6)],
    ['fences that are none', `a: 1\n${'--- x\n'.repeat(long / 6)}`],
  ])('%s in frontmatter', (_, yaml) => {
    const document = parsed(front(yaml));
    expect(document.data !== undefined || document.problems.length > 0).toBe(true);
  });

  it.each<[string, string]>([
    ['quotes in quotes', '>'.repeat(long / 4)],
    ['many small quotes', '> '.repeat(40).concat('\n').repeat(long / 800)],
    ['lists in lists', '- '.repeat(400)],
    ['open brackets', '['.repeat(long / 4)],
    ['brackets and a setext line', `${'[a]('.repeat(long / 8)}\n===`],
    ['stars', `x\n${'*a '.repeat(long / 4)}\n===`],
    ['underscores', `${'_'.repeat(long)}x`],
    ['backticks', `${'`'.repeat(long)}\n${'`'.repeat(long)}`],
    ['many runs of backticks', Array.from({ length: 600 }, (_, at) => '`'.repeat(at + 4)).join(' ')],
    ['number signs', '#'.repeat(long)],
    ['a heading of number signs', `# ${'# '.repeat(long / 2)}`],
    ['comments that never end', '<!--\n'.repeat(long / 5)],
    ['tags that never end', '<a '.repeat(long / 6)],
    ['html', '<div\n'.repeat(long / 10)],
    ['underlines', '=\n'.repeat(long / 4)],
    ['definitions', '[a]: b\n'.repeat(long / 14)],
    ['indented underlines', '  a\n  ===\n'.repeat(long / 40)],
    ['tabs', '\t'.repeat(long / 2)],
    ['entities', `&amp;\n===\n`.repeat(long / 40)],
    ['a plain megabyte', 'word '.repeat(200_000)],
  ])('%s in a body', (_, body) => {
    const document = parsed(`${front('a: 1')}${body}\n`);
    const outline = outlineOf(document);
    expect(document.data).toEqual({ a: 1 });
    expect(outline.problem !== undefined || outline.headings[0]?.text === 'body').toBe(true);
  });
});

describe('any bytes', () => {
  it(
    'are read, outlined, located and edited, or refused, and nothing else changes',
    async () => {
      await holds(
        fc.property(hostileBytes, path, data, (bytes, at, value) => {
          const document = parseDocument(bytes);
          expect(document.data !== undefined || document.problems.length > 0).toBe(true);
          if (document.text === '') expect(document.problems).toHaveLength(1);
          else for (const problem of document.problems) {
            expect(problem.message).toMatch(/^Unexpected .*, expected /s);
            expect(problem.line).toBeGreaterThanOrEqual(1);
            expect(problem.line).toBeLessThanOrEqual(Math.max(1, outlineOf(document).lines.length));
            expect(problem.column).toBeGreaterThanOrEqual(1);
          }
          expect(document.text.endsWith(document.body)).toBe(true);
          const lines = outlineOf(document).lines;
          for (const heading of outlineOf(document).headings) expect(lines[heading.line - 1]).toBeDefined();
          const place = document.locate(at, 'key');
          expect(place.line).toBeLessThanOrEqual(Math.max(1, lines.length));
          for (const edit of [setValue, appendItem]) expectEdit(document.text, (text) => edit(text, at, value));
          expectEdit(document.text, (text) => removeKey(text, at));
        })
      );
    },
  );
});

/** The edit refuses, or it leaves the body and every other top-level key as they were. */
function expectEdit(text: string, edit: (text: string) => string): void {
  let edited: string;
  try {
    edited = edit(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return;
  }
  const before = parseDocument(Buffer.from(text));
  const after = parseDocument(Buffer.from(edited));
  expect(after.body).toBe(before.body);
  const changed = [...new Set([...Object.keys(before.data ?? {}), ...Object.keys(after.data ?? {})])].filter(
    (key) => JSON.stringify(own(before.data, key)) !== JSON.stringify(own(after.data, key)),
  );
  expect(changed.length).toBeLessThanOrEqual(1);
}

function own(from: Record<string, unknown> | undefined, key: string): unknown {
  return from !== undefined && Object.hasOwn(from, key) ? from[key] : undefined;
}
