import { expect, it } from 'vitest';
import { scriptDocstring, scriptLanguage, type ScriptLanguage } from '../../src/documents/script-docstring.ts';

/** `LINE: PATH:LINE …` per section; undefined where there is none. */
function read(language: ScriptLanguage, text: string) {
  const { reads, writes } = scriptDocstring(text, language);
  return [reads, writes].map((section) => section && `${section.line}: ${section.paths.map(({ path, line }) => `${path}:${line}`).join(' ')}`.trim());
}

it.each<[string, ScriptLanguage, string, (string | undefined)[]]>([
  ['a docstring below comments', 'python', '#!/usr/bin/python3\n# coding: utf-8\n\n"""Join.\n\nReads:\n  a.csv  # L4\n    of phase 2\n  b.csv — names\nWrites:\n  c.csv\n\nMethodology:\n  - d.csv\n"""\nimport x\n', ['6: a.csv:7 b.csv:9', '10: c.csv:11']],
  ['a docstring of one line', 'python', "'Reads: a.csv'\n", ['1: a.csv:1', undefined]],
  ['CRLF', 'python', '"""\r\nReads: none\r\nWrites:\r\n    c.csv\r\n"""\r\n', ['2:', '3: c.csv:4']],
  ['a string that is not the first', 'python', 'import x\n"""\nReads: a\nWrites: b\n"""\n', [undefined, undefined]],
  ['code that says it', 'shell', '#!/bin/sh\necho\n# Reads: a\n', [undefined, undefined]],
  ['shell comments', 'shell', '#!/bin/sh\n#\n# Reads:\n#   - ./a.csv, by hand\n#   - stdin\n#\n# Writes: stdout\n', ['3: a.csv:4', '7:']],
  ['a block comment below use strict', 'javascript', "#!/usr/bin/env node\n'use strict';\n// licence\n/* Reads: `a.json`, b.json\n   Writes: api:out/c.json */\n", ['4: a.json:4 b.json:4', '5: api:out/c.json:5']],
  ['a comment below code', 'javascript', "import x from 'x';\n/* Reads: a */\n", [undefined, undefined]],
])('%s', (_, language, text, expected) => {
  expect(read(language, text)).toEqual(expected);
});

it('knows a script by its name, else by its first line', () => {
  expect([scriptLanguage('a/b.py'), scriptLanguage('b.MTS'), scriptLanguage('b.md'), scriptLanguage('run', '#!/usr/bin/env bash\n'), scriptLanguage('run', '#!/usr/bin/python3.12 -u\n'), scriptLanguage('run', 'x')]).toEqual(['python', 'javascript', undefined, 'shell', 'python', undefined]);
});
