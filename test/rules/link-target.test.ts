import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rule } from '../../src/rules/link-target.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const WORKSPACE = { 'WORKSPACE.md': '---\ntreework: 1\n---\n' };
const idea = (body: string, ticket = 'PROJ-7') => `---\nticket: ${ticket}\ntitle: Reports\n---\n${body}\n`;

function findings(before: Record<string, string>, after: Record<string, string>, scope: 'all' | 'changed' = 'changed'): readonly Finding[] {
  return check({ before: [new MemoryTree({ ...WORKSPACE, ...before })], after: new MemoryTree({ ...WORKSPACE, ...after }) }, { rules: [rule], scope, program: 'treework' }).findings;
}

/** The bodies after all fixes. */
function mended(found: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(found.flatMap(({ fix }) => (fix ? [[fix.path, fix.to.replace(/^---\n[^]*?\n---\n/, '').trimEnd()]] : [])));
}

describe('after a move', () => {
  const folder = 'docs/specs/PROJ-7';

  it('links to what moved are rewritten, whatever else the line holds', () => {
    const body = '[a](attachments/old/x.md#goal "why") and [b](/docs/specs/PROJ-7/attachments/old/x.md), `[c](attachments/old/x.md)` [d](gone.md)';
    const found = findings({ [`${folder}/idea.md`]: idea(body), [`${folder}/attachments/old/x.md`]: '# Goal\n' }, { [`${folder}/idea.md`]: idea(body), [`${folder}/attachments/new/x.md`]: '# Goal\n' });
    expect(mended(found)).toEqual({ [`${folder}/idea.md`]: '[a](attachments/new/x.md#goal "why") and [b](/docs/specs/PROJ-7/attachments/new/x.md), `[c](attachments/old/x.md)` [d](gone.md)' });
    expect(found).toHaveLength(2);
  });

  it('links of what moved are rewritten too, and links to its folder', () => {
    const before = { [`${folder}/idea.md`]: idea('[r](../PROJ-8/idea.md) [self](idea.md) [out](../../../WORKSPACE.md)'), 'docs/specs/PROJ-8/idea.md': idea('[f](../PROJ-7/)', 'PROJ-8') };
    const ticket = { [`${folder}/attachments/deep/idea.md`]: before[`${folder}/idea.md`] as string };
    // An idea elsewhere is no idea: what moves here is an attachment, which nobody reads; the other direction is.
    expect(findings(before, { ...ticket, 'docs/specs/PROJ-8/idea.md': before['docs/specs/PROJ-8/idea.md'] }, 'all')).toEqual([]);
    const renamed = { 'docs/specs/XY-1/idea.md': before[`${folder}/idea.md`] as string, 'docs/specs/PROJ-8/idea.md': before['docs/specs/PROJ-8/idea.md'] };
    expect(mended(findings(before, renamed, 'all'))).toEqual({ 'docs/specs/PROJ-8/idea.md': '[f](../XY-1/)' });
    const filed = { 'docs/specs/PROJ-7/idea.md': idea('x'), 'docs/specs/PROJ-7/changes/001-a.md': idea('[s](../idea.md)') };
    const elsewhere = { 'docs/specs/PROJ-7/idea.md': idea('x'), 'docs/specs/PROJ-8/changes/001-a.md': filed['docs/specs/PROJ-7/changes/001-a.md'] };
    expect(mended(findings(filed, elsewhere))).toEqual({ 'docs/specs/PROJ-8/changes/001-a.md': '[s](../../PROJ-7/idea.md)' });
  });

  it('nothing is rewritten where two files could be meant, or the content changed', () => {
    const body = idea('[a](attachments/x.md)');
    const before = { [`${folder}/idea.md`]: body, [`${folder}/attachments/x.md`]: '# Goal\n' };
    const two = findings(before, { [`${folder}/idea.md`]: body, [`${folder}/attachments/a/x.md`]: '# Goal\n', [`${folder}/attachments/b/x.md`]: '# Goal\n' });
    const edited = findings(before, { [`${folder}/idea.md`]: body, [`${folder}/attachments/a/x.md`]: '# Goals\n' });
    for (const found of [two, edited]) {
      expect(found).toHaveLength(1);
      expect(found[0]?.fix).toBeUndefined();
    }
  });

  it('frozen text is warned about, and left alone', () => {
    const spec = '---\nticket: PROJ-7\ntitle: Reports\n---\n[a](attachments/x.md)\n';
    const tasks = `---\nticket: PROJ-7\ngoal: {title: a, why: b}\nspec: sha256:${'0'.repeat(64)}\nnodes: [{id: build}]\n---\n`;
    const found = findings({ [`${folder}/spec.md`]: spec, [`${folder}/tasks.md`]: tasks, [`${folder}/attachments/x.md`]: 'x' }, { [`${folder}/spec.md`]: spec, [`${folder}/tasks.md`]: tasks, [`${folder}/attachments/y/x.md`]: 'x' });
    expect(found).toMatchObject([{ severity: 'warning', path: `${folder}/spec.md` }]);
    expect(found[0]?.fix).toBeUndefined();
  });
});

it('says what was meant', () => {
  const [path, anchor] = findings({}, { 'docs/specs/PROJ-7/idea.md': idea('[a](sepc.md) [b](spec.md#gaols)'), 'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: x\n---\n## Goals\n' });
  expect(path?.message).toContain('did you mean docs/specs/PROJ-7/spec.md?');
  expect(anchor?.message).toContain('did you mean #goals?');
});

it('says that a section is too long to be read, instead of nothing', () => {
  const [found] = findings({}, { 'docs/specs/PROJ-7/idea.md': idea(`${'\\[a](b) '.repeat(6000)}`) });
  expect(found).toMatchObject({ severity: 'warning', message: expect.stringContaining('at most 32 KB') });
});
