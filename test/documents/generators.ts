import fc from 'fast-check';

/** How many generated documents each property sees: 100,000 in the full run. */
export const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 100);

const eol = fc.constantFrom('\n', '\n', '\n', '\r\n');

const word = fc.constantFrom(
  'a', 'foo bar', '**GIVEN** a token', '`code`', '*em*', '_x_', '1. one', '12 apples', '2026', '10) x', '# h', '#h', '###### six',
  '####### seven', '## closed ##', '## odd \\##', '#', '# ', '- item', '* item', '+ item', '-', '- - x', '- # h', '- ```', '-     code',
  '> quote', '> # h', '>', '> ```', '>     c', '```', '````', '```js', '```js `x`', '~~~', '~~~~ `a`', '``', '~~', '<!-- c -->', '<!-- open',
  '-->', 'x --> y', '<!-->', '<!--->', '<div>', '</div>', '<script>', '</script>', '<?php', '<!DOCTYPE x>', '<https://a.b>', '<b>i</b>',
  '===', '=', '---', '--', '- - -', '***', '* * *', '___', '[foo]: /url', '[foo]:', '[x](y)', '![i](u)', '\\# not', '&amp;', '| a | b |',
  '\tx', '-\tx', '#\th', '1.\tx', 'é', '  ', '\u00a0', '\u2028x', '🗺️', ': x', '"q', '(p', '\\', '`', '*', '_', '=x', '-x', '+x', '1.x', '**', '**-',
  '`` a ``', '1', '1.', '123456789. x', '1234567890. x', '\fx', '--- ', '--- x', 'x  ', '__init__', '***b***', '~x', '<', '#\u00a0x', '# x #\t', '## #', '# #a#',
);

const line = fc
  .tuple(fc.constantFrom('', '', '', '', ' ', '  ', '   ', '    ', '     ', '      ', '\t', '  \t', '        '), word)
  .map(([indent, text]) => indent + text);

/** Markdown bodies of the constructs that decide where headings and code are. */
export const body: fc.Arbitrary<string> = fc
  .array(fc.oneof({ arbitrary: line, weight: 5 }, { arbitrary: fc.constantFrom('', '', ' ', '\t'), weight: 2 }), { maxLength: 14 })
  .chain((lines) => fc.tuple(fc.array(eol, { minLength: lines.length, maxLength: lines.length }), fc.constant(lines), fc.boolean()))
  .map(([ends, lines, last]) => lines.map((text, at) => text + (at < lines.length - 1 || last ? (ends[at] ?? '') : '')).join(''));

const front = fc.constantFrom('', '', '---\ntitle: x\n---\n', '---\r\ntitle: x\r\n---\r\n', '---\n', '--- \na: 1\n---\t\n', '\ufeff---\na: 1\n---\n', '\ufeff', '---\n---\n');

/** Whole files: any frontmatter before any body, or raw text. */
export const markdown: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.tuple(front, body).map((parts) => parts.join('')), weight: 6 },
  { arbitrary: fc.string({ unit: fc.constantFrom(...'ab \t\n\r`~#-*_=<>!?/[]().1\\&:|"\''), maxLength: 60 }), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString()), weight: 1 },
);

const scalar = fc.constantFrom(
  'a', 'b c', '"q"', "'s'", '"a\\tb"', "'it''s'", '1', '-1', '+1', '0', '-0', '010', '0o17', '0x1f', '0b1', '1_000', '1.5', '1.', '.5', '1e3', '1e400', '-.inf', '.nan',
  'true', 'True', 'tRue', 'null', 'Null', '~', 'yes', 'no', '', '2026-01-02', '12:30', '2026-01-02T03:04:05Z', 'a:b', 'a: b', 'a #c', '#c', 'sha256:ab', 'é', '🗺️',
  '*x', '&x', '&x y', '!t x', '!!str 1', '|', '>', '|-', '>+', '%x', '@x', '`x`', '- a', '-a', '? a', '?a', ':', ':a', '-', '--- a', '...', '<<', '[a, b]', '[]', '{}',
  '{a: b}', '{a, b: c}', '{a: }', '[a: b]', '[a, ]', '[,]', '{"a":b}', '["a":1]', '[a\n, b]', '[', ']', '{', '}', '"', "'", '"a\n  b"', 'a\n  b', 'a\n\n  b', '"\\x41"', '"\\u0041"', '"\\z"', '"\\', 'a, b', 'a]',
  'a & b', 'a *b*', 'what? yes', 'x | y', 'x > y', "it's", 'say "hi"', 'C:\\x', 'http://a.b/c', 'a\tb', '\ta', 'a ', '12345678901234567890', '0.1e-7', '1__0', '9_', '-_', '0x', '0xg', '+', '.', '..', '{a: [b, {c: d}]}', '"a" b', '"a"b', "'a'b",
  '{a: b, a: c}', '{ a : b }', '{a:b}', '{a: b\n}', '[a # c\n]', '{? a : b}', '[? a]', '{a b: c}', '{"a b" : c, "d":e}', '[[a], [b]]', '[-a, -1]', '{: a}', '[a b, c d]', "['', \"\"]", '{1: a, "1": b}',
);

const key = fc.constantFrom('a', 'b', 'c', 'title', 'a b', '"q k"', "'s'", '1', '1.0', 'true', 'null', '~', 'é', '__proto__', 'constructor', 'toString', '<<', '? a', '- a', '-a', 'a:b', '[a]', '{a: b}', '', '*x', '"a"', '#k', 'a#', '=', 'x-y', '🗺');

const yamlLine = fc
  .tuple(
    fc.constantFrom('', '', '', '', '  ', '  ', '    ', ' ', '- ', '  - ', '- - ', '    - ', '-   ', '\t', '  - - '),
    fc.oneof(
      { arbitrary: fc.tuple(key, fc.constantFrom(': ', ': ', ': ', ':', ' : ', ':  ', ':\t'), scalar).map((parts) => parts.join('')), weight: 6 },
      { arbitrary: scalar, weight: 2 },
      { arbitrary: key.map((name) => `${name}:`), weight: 2 },
    ),
    fc.constantFrom('', '', '', '', ' # note', '#', ' ', '  #'),
  )
  .map((parts) => parts.join(''));

const yamlText = fc.array(fc.oneof({ arbitrary: yamlLine, weight: 8 }, { arbitrary: fc.constantFrom('', '# c', '  # c', ' '), weight: 1 }), { minLength: 1, maxLength: 6 }).chain((lines) => eol.map((end) => lines.join(end) + end));

/** YAML sources: well-formed more often than not, and raw text of YAML's own characters. */
export const yamlSource: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: yamlText, weight: 6 },
  { arbitrary: fc.tuple(key, scalar).map(([name, value]) => `${name}: ${value}\n`), weight: 2 },
  { arbitrary: fc.string({ unit: fc.constantFrom(...'ab1 \n:-#[]{},"\'\\.0x_~?&*!|>%@`\t\r'), maxLength: 30 }), weight: 2 },
  { arbitrary: fc.string({ unit: fc.constantFrom(...'ab1 \n:-#[]{},"\''), maxLength: 30 }).map((text) => `a: ${text}\n`), weight: 2 },
);

const plainLine = fc
  .tuple(
    fc.constantFrom('', '', '', '  ', '  ', '    ', '- ', '  - ', '    - ', '-   '),
    fc.constantFrom('a: ', 'b: ', 'c-d: ', 'e:', 'f:', 'g.h/i: ', 'true: ', 'j:  ', '', '', 'k: '),
    fc.oneof(
      scalar,
      fc.constantFrom(
        'word', 'two  words', '12', '-7', '+7', '0.5', '-.5', '1e3', 'TRUE', 'nULL', 'null', '"q"', '"a: b"', "'it''s'", "''", '""', '[a, b]', '[ a ]', '[]', '{}', '{ }', '{a: b}', '{a: "b", c: [d, 1]}', '[[a], {b: c}]',
        '["a"]', "['']", '[a: b]', '[a:b]', '[a:b:c]', '[a b]', '[a#b]', '[a #b]', '{a: b c}', '{a: , b: c}', '{a : b}', '{a:b}', '{a: b, a: c}', '[http://x.y/z]', '[sha256:ab]', '[-1]', '[-a]', '[~]', '[a,b]', '[a,,b]',
        '[a, b,]', '{a: 1,}', '["a" ]', '["a"b]', '["a": b]', '[a]b', '[a] # c', '[a]# c', 'a#b', 'a #b', 'a: b', 'a:b', 'a:', 'a :b', '$x', '(x)', '+x', '.x', '/x', ';x', '<x', '<<', '=x', '^x', '_x', '~x', '~', '\\x', ' x', 'x ', 'é', '|',
        '|-', '|+', '|2', '| # c', '>', '"a" # c', '"a"# c', "'a''", "'a' 'b'", '"a\\"', '-', '--', '-x', '0x1f', '0o7', '.inf', '1.', '1.5.2', '1_000', '2026-01-02', '12:30', 'y', 'no', '[.inf]', '[0x1]', '{a: 0x1}', '{true: a}', '{1: a}', '[x\\y]', '[<<]', '{<<: a}', '[ ', '{a: [b}', '[a, # c', '{a: b',
      ),
    ),
    fc.constantFrom('', '', '', ' ', ' # note', '#'),
  )
  .map((parts) => parts.join(''));

const plainKey = fc.constantFrom('title', 'a', 'b-c', 'x-y', 'why', '"quoted key"', "'k'", 'spec', 'é', '__proto__');
const inlineValue = fc.constantFrom(
  'x', 'two words', '"double"', "'single'", "'it''s'", '"a\\nb"', '12', '1.5', 'true', '~', 'null', 'sha256:5f1c', '"a: b # c"', '[]', '{}', '[a, "b", \'c\']', '[ a , b ]', '[a, b,]',
  '{k: v, "l": 2}', 'x', 'y z', '-1', '1e3', '[a, b]', '{k: v}', '"q: # r"', '[src/**, "*.ts"]', '{title: A and B, why: it is}', '|-\n@  one\n@  two', '|\n@  # text',  '{k}', '{k: [a, {m: n}]}', 'plain\n@  over two', '[a,\n@  b]', '[a, # why\n@  b]', '"over\n@  lines"', '|\n@  literal\n@\n@  text', '>-\n@  folded\n@  text', '|+\n@  keep\n\n', '',
);
const comment = fc.constantFrom('', '', '', ' # note', '   # `a: b`');

/** A mapping in block style, `@` standing for its indentation; nested at most `depth` levels. */
function mapping(depth: number, names: fc.Arbitrary<string> = plainKey, values: fc.Arbitrary<string> = inlineValue): fc.Arbitrary<string[]> {
  const value: fc.Arbitrary<string[]> =
    depth === 0
      ? values.map((text) => [` ${text}`])
      : fc.oneof(
          { arbitrary: values.map((text) => [` ${text}`]), weight: 3 },
          { arbitrary: mapping(depth - 1, names, values).map((lines) => ['', ...lines.map((line) => `  ${line}`)]), weight: 1 },
          { arbitrary: fc.tuple(fc.constantFrom('', '  '), fc.array(item(depth - 1, names, values), { minLength: 1, maxLength: 3 })).map(([pad, items]) => ['', ...items.flat().map((line) => pad + line)]), weight: 1 },
        );
  const pair = fc.tuple(names, value, comment, fc.constantFrom('', '', '', '# before', '')).map(([name, [first = '', ...rest], note, before]) => {
    const noted = /[\n|>]/.test(first) ? first : first + note;
    return [...(before === '' ? [] : [before]), `${name}:${noted}`, ...rest];
  });
  return fc.uniqueArray(pair, { minLength: 1, maxLength: 4, selector: (lines) => lines.find((line) => !line.startsWith('#'))?.split(':')[0]?.replace(/['"]/g, '') ?? '' }).map((pairs) => pairs.flat());
}

function item(depth: number, names: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.oneof(
    values.map((text) => [`- ${text}`]),
    mapping(depth, names, values).map((lines) => lines.filter((line) => !line.startsWith('#')).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`))),
  );
}

function settled(lines: readonly string[]): string {
  return lines
    .flatMap((line) => {
      const indent = /^(?:[ ]|- )*/.exec(line)?.[0].replace(/-/g, ' ') ?? '';
      return line.split('\n').map((part) => part.replace(/^@/, indent).replace(/^\s+$/, ''));
    })
    .join('\n');
}

/** Documents as people write them: comments, all quotings, flow and block, CRLF, no final newline. */
export const writtenDocument: fc.Arbitrary<string> = fc
  .tuple(mapping(2), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '# body\n\ntext: not yaml\n', 'no final newline', '---\n'), fc.constantFrom('---', '--- '))
  .map(([lines, end, rest, close]) => `---\n${settled(lines)}\n${close}\n${rest}`.replaceAll('\n', end));

const plainLines: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.oneof({ arbitrary: plainLine, weight: 6 }, { arbitrary: fc.constantFrom('', '   ', '# c', '    # c', '      x', '  text', 'h: |', '  h: |', '- h: |-', '    literal', '     more', '  # no comment', 'i:', '  j:', '-', '- k:', '  - l: m'), weight: 4 }), { minLength: 1, maxLength: 7 }), eol, fc.boolean())
  .map(([lines, end, last]) => lines.join(end) + (last ? end : ''));

const simpleKey = fc.constantFrom('title', 'a', 'b-c', 'x-y', 'why', 'spec', 'Kk', '_u', 'v.w/x2', 'nullable');
const simpleValue = fc.constantFrom(
  'x', 'two words', '"double"', "'it''s'", '12', '-0', '+12', '1.5', '-.5e3', '1e400', 'true', 'False', '~', 'null', 'sha256:5f1c', '"a: b # c"', '[]', '{ }', '[a, "b", \'c\', 1]', '[ a , b ]', '{k: v, l: [1, {m: n}]}',
  '[src/**, "*.ts"]', '{title: A and B, why: it is}', '|\n@  # text\n@\n@   more', '|-\n@  one\n@  two\n', '|\n@  x\n@    \n', '', 'a#b', 'http://a.b/c?d=e&f', 'https://x: y', '\u00e9 \ud83d\uddfa', '1_000', '2026-01-02', '010', 'A & B * C! | d > e ? f % g @ h `i`', '[a:b, 12:30]', '$(x)', '(y)', '.5.5', '{a: sha256:ab}', "{a: 'b, c'}", '[a b, c-d]', '[[a], []]', 'no', '<<', '=', '\\d',
);
const slip = fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...' \n:-#[]{},"\'|>&*!?%@`~\\a1.0xe\t\r+<=_/', '  ', ': ', '- ', ' #', '\n  ', '\n\n', '[]', "''", '---', '\u00e9'));

/** YAML such as people write it, and what a slip of the finger makes of it. */
export const plainSource: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: plainLines, weight: 1 },
  {
    arbitrary: fc.tuple(mapping(2, simpleKey, simpleValue), eol, fc.oneof(fc.constant([]), fc.array(slip, { maxLength: 2 }))).map(([lines, end, slips]) =>
      slips.reduce((text, [pick, cut, put]) => {
        const at = pick % (text.length + 1);
        return text.slice(0, at) + put + text.slice(at + cut);
      }, `${settled(lines)}\n`.replaceAll('\n', end)),
    ),
    weight: 3,
  },
);

const name = fc.constantFrom('title', 'a', 'b-c', 'why', 'new', 'é', 'k', 'a b', '__proto__', 'no', '1');
const text = fc.oneof(
  fc.constantFrom('', 'x', 'two words', 'a: b', 'a #b', '# x', "it's", 'say "hi"', '*star', '& amp', '!bang', '| pipe', 'no', 'yes', 'null', '~', '1', '1_000', '012', '1:20', '2026-01-02', '0o17', 'sha256:5f1c', '- dash', 'x:', ' lead', 'trail ', 'line\nline', 'line\n', '\n', 'a\n\nb\n', 'a\r\nb', '\ttab', 'über 🗺️', '\u2028', '\u0085', '\ufeff', '---', '...', 'a, b', '[x]', '{x}', '%x', '@x', '`x`', '\\', '=', '<<'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Data that an edit may be asked to write. */
export const data: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, { arbitrary: text, weight: 4 }, fc.constantFrom<unknown>(null, true, false, 0, -0, 1, -1.5, 1e21, 1e-7), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true })),
})).value;

/** A whole frontmatter's data. */
export const mappingData: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(name, data, { maxKeys: 4, noNullPrototype: true });

/** Steps that may or may not lead somewhere. */
export const path: fc.Arbitrary<(string | number)[]> = fc.array(fc.oneof({ arbitrary: name, weight: 3 }, { arbitrary: fc.nat(2), weight: 1 }), { minLength: 1, maxLength: 3 });

/** Anything a file may hold: documents, documents with slips and cuts, text, bytes. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: writtenDocument.map((document) => Buffer.from(document)), weight: 3 },
  { arbitrary: fc.tuple(yamlSource, markdown).map(([yaml, rest]) => Buffer.from(`---\n${yaml}\n---\n${rest}`)), weight: 3 },
  { arbitrary: fc.tuple(plainSource, fc.constantFrom('\n', '\r\n', '\r', '')).map(([yaml, end]) => Buffer.from(`---${end}${yaml}---${end}`)), weight: 2 },
  {
    arbitrary: fc.tuple(writtenDocument, fc.array(slip, { minLength: 1, maxLength: 4 })).map(([document, slips]) => Buffer.from(slips.reduce((text, [pick, cut, put]) => text.slice(0, pick % (text.length + 1)) + put + text.slice((pick % (text.length + 1)) + cut), document))),
    weight: 3,
  },
  { arbitrary: fc.tuple(writtenDocument, fc.nat(), fc.uint8Array({ maxLength: 4 })).map(([document, pick, bytes]) => {
    const buffer = Buffer.from(document);
    const at = pick % (buffer.length + 1);
    return Buffer.concat([buffer.subarray(0, at), bytes, buffer.subarray(at)]);
  }), weight: 1 },
  { arbitrary: markdown.map((document) => Buffer.from(document)), weight: 1 },
  { arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
);
