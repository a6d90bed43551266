import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/documents/presets.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

const page = readFileSync(join(PACKAGE_ROOT, 'docs/kinds.md'), 'utf8');
const story = readFileSync(join(PACKAGE_ROOT, 'test/scripts/kinds_adr.txtar'), 'utf8');
const blocks = [...page.matchAll(/^```(console|json|markdown)\n([\s\S]*?)\n```$/gm)].map((match) => ({ language: match[1] as string, text: match[2] as string }));

describe('docs/kinds.md shows what really happens', () => {
  it.each(blocks.filter(({ language }) => language === 'console').flatMap(({ text }) => text.split(/\n(?=\$ )/)))('%s', (text) => {
    const [command, ...output] = text.split('\n');
    const told = [`  ${command}`, ...output.map((line) => `  ${line}`.trimEnd())].join('\n');
    // The story tells which exit it is, too.
    expect(story.replaceAll(/\n {2}\? \d+\n/g, '\n')).toContain(told);
  });

  it.each(blocks.filter(({ language }) => language !== 'console'))('with the files of the story ($language)', ({ text }) => {
    expect(story).toContain(`--\n${text}\n`);
  });

  it('and names every kind that is shipped, where it is', () => {
    for (const [kind, { path }] of Object.entries(PRESETS)) {
      if (kind !== 'capability') expect(page).toContain(`| ${kind} | \`${path}\` |`);
    }
  });
});
