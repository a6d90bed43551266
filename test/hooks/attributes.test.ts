import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attributeLines, withAttributes, withoutAttributes } from '../../src/commands/git-attributes.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const LINES = attributeLines(settingsOf({}));

it('the block goes in and out without a trace, whatever bytes are there', () => {
  const text = fc.array(fc.constantFrom('* text=auto', '*.md diff=latin', '\r\n', '\n', '\uFEFF', 'ä', '# treework: end', ' '), { maxLength: 12 }).map((parts) => Buffer.from(parts.join('')));
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))), (bytes) => {
      const once = withAttributes(bytes, LINES) as Buffer;
      expect(withoutAttributes(once)).toEqual(bytes);
      expect(withAttributes(once, LINES)).toBeUndefined();
      expect(withoutAttributes(withAttributes(once, ['other x']) as Buffer)).toEqual(bytes);
    }),
  );
});

it('init marks what is generated, the lines of the user win, and uninstall leaves the bytes as they were', () => {
  const own = Buffer.from('docs/specs/PROJ-7/nodes/build.md -linguist-generated\r\n*.png binary # \xe4', 'latin1');
  const repository = sandbox.repository('repo');
  const path = join(sandbox.root, repository, '.gitattributes');
  writeFileSync(path, own);
  expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 0 });
  const marks = (file: string) => sandbox.git(repository, 'check-attr', 'linguist-generated', '--', file).trim().split(': ').at(-1);
  expect(marks('docs/specs/PROJ-8/nodes/build.md')).toBe('set');
  expect(marks('docs/specs/ARCHIVED/PROJ-8/nodes/build.md')).toBe('set');
  expect(marks('docs/specs/PROJ-8/README.md')).toBe('set');
  expect(marks('docs/specs/PROJ-8/spec.md')).toBe('unspecified');
  expect(marks('docs/specs/PROJ-7/nodes/build.md')).toBe('unset');
  expect(sandbox.treework(repository, 'uninstall')).toMatchObject({ status: 0 });
  expect(readFileSync(path)).toEqual(own);
});

it('goes by the layout, in folders with spaces too', () => {
  const repository = sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: "my specs [1]", archived: old}\n---\n' });
  expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 0 });
  const answer = sandbox.git(repository, 'check-attr', 'linguist-generated', '--', 'my specs [1]/PROJ-8/nodes/build.md', 'old/PROJ-1/nodes/build.md', 'my specs 1/PROJ-8/nodes/build.md');
  expect(answer.trim().split('\n').map((line) => line.split(': ').at(-1))).toEqual(['set', 'set', 'unspecified']);
});

it('says how governed documents are merged, those of further kinds too, and of nothing else', () => {
  const repository = sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nkinds: {plan: true, continuity: true, adr: {path: "docs/adr/*.md"}}\n---\n' });
  expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 0 });
  const paths = { treework: ['WORKSPACE.md', 'CONTINUITY.md', '.plans/one.md', 'docs/adr/1.md', 'docs/specs/PROJ-8/nodes/build.md', 'docs/specs/ARCHIVED/PROJ-8/spec.md', 'docs/capabilities/reports.md'], unspecified: ['a/WORKSPACE.md', 'a/CONTINUITY.md', 'planning/a/b.md', 'docs/specs/a.txt'] };
  for (const [value, names] of Object.entries(paths)) {
    const answer = sandbox.git(repository, 'check-attr', 'merge', '--', ...names);
    expect(answer.trim().split('\n').map((line) => line.split(': ').at(-1)), value).toEqual(names.map(() => value));
  }
});
