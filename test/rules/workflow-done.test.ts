import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rule } from '../../src/rules/workflow-done.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

type Files = Record<string, string>;
const [OPEN, DONE] = ['docs/specs/PROJ-7', 'docs/specs/ARCHIVED/PROJ-7'];
const tasks = (more = 'recurs: no') => `---\nticket: PROJ-7\ngoal: {title: a, why: b}\nspec: ''\n${more}\nnodes: [{id: build, covers: none}, {id: try-out, covers: none}]\n---\n`;
const skipped = (node: string) => `---\nnode: ${node}\nstatus: skipped\nhistory: [{to: skipped, by: dana, at: 2026-11-20T10:00:00Z, reason: No longer asked for}]\n---\n`;
const complete = (node: string, l0 = 'l0: Partners pull reports\n', at = '2026-11-20T10:00:00Z') =>
  `---\nnode: ${node}\nstatus: complete\n${l0}history:\n  - {to: in_progress, by: impl-1, at: ${at}, spec: sha256:${'0'.repeat(64)}}\n  - {to: complete, by: impl-1, at: ${at}, verdict: pass, verified_by: review-1}\n---\n`;

function tree(folder: string, files: Files, workspace = ''): MemoryTree {
  return new MemoryTree({ 'WORKSPACE.md': `---\ntreework: 1\n${workspace}---\n`, ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])) });
}

function archive(files: Files, workspace = '', others: readonly MemoryTree[] = []): string {
  const change = { before: [tree(OPEN, files, workspace), ...others], after: tree(DONE, files, workspace) };
  return check(change, { rules: [rule], scope: 'changed', program: 'treework' }).findings.map(({ severity, message }) => `${severity}: ${message}`).join('\n');
}

const both = (make: (node: string) => string): Files => ({ 'nodes/build.md': make('build'), 'nodes/try-out.md': make('try-out') });

describe('a ticket moves to the archive', () => {
  it('when everything is done or decided against', () => {
    expect(archive({ 'tasks.md': tasks(), ...both(skipped) })).toBe('');
    expect(archive({ 'tasks.md': tasks(), 'nodes/build.md': complete('build'), 'nodes/try-out.md': skipped('try-out') })).toBe('');
  });

  it('trap: pending work in the archive', () => {
    expect(archive({ 'tasks.md': tasks() })).toContain('open nodes build (ready), try-out (ready)');
    expect(archive({ 'tasks.md': tasks(), 'nodes/build.md': skipped('build') })).toContain('open nodes try-out');
  });

  it('trap: a status written by hand does not make a node complete', () => {
    const ticked = (node: string) => `---\nnode: ${node}\nstatus: complete\nl0: done\nhistory: [{to: in_progress, by: a, at: 2026-11-20T10:00:00Z, spec: sha256:${'0'.repeat(64)}}]\n---\n`;
    expect(archive({ 'tasks.md': tasks(), ...both(ticked) })).toContain('error: Unexpected archive of PROJ-7 with open nodes');
  });

  it('trap: TBD left in what is put away', () => {
    expect(archive({ 'tasks.md': tasks(), ...both(skipped), 'retro.md': '---\nticket: PROJ-7\n---\n## Lessons\nTBD\n' })).toBe('error: Unexpected "TBD", expected what it stands for');
    expect(archive({ 'tasks.md': tasks(), 'nodes/build.md': complete('build', 'l0: "[[fill: outcome]]"\n'), 'nodes/try-out.md': skipped('try-out') })).toContain('Unexpected "[[fill: outcome]]"');
  });

  it('with a word on what shipped: without its outcome no node is complete', () => {
    expect(archive({ 'tasks.md': tasks(), 'nodes/build.md': complete('build', ''), 'nodes/try-out.md': skipped('try-out') })).toContain('open nodes build');
  });

  it('with an answer to "will this recur?", which an operation gives by being one', () => {
    expect(archive({ 'tasks.md': tasks(''), ...both(skipped) })).toContain('will this recur?');
    expect(archive({ 'tasks.md': tasks('recurs: yes'), ...both(skipped) })).toBe('');
    expect(archive({ 'tasks.md': tasks('shape: operation'), ...both(skipped) })).toBe('');
  });

  it('without tasks.md: an idea that came to nothing', () => {
    expect(archive({ 'idea.md': '---\nticket: PROJ-7\ntitle: x\n---\nTBD\n' })).toBe('');
  });
});

it('what a merge brings archived, or was archived before, is not judged', () => {
  const files = { 'tasks.md': tasks('') };
  expect(archive(files, '', [tree(DONE, files)])).toBe('');
  const change = { before: [tree(DONE, files)], after: tree(DONE, { ...files, 'attachments/a.txt': 'x' }) };
  expect(check(change, { rules: [rule], scope: 'all', program: 'treework' }).findings).toEqual([]);
});
