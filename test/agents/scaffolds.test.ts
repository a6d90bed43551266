import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, workspace } from '../verbs/fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  workspace(sandbox, 'repo', '---\ntreework: 1\nkinds: {skill: {}, agent: {}}\nrules: {skill-standard: {strict: true}}\n---\n');
});
afterEach(() => sandbox.remove());

it.each([
  ['skill', 'Bill partners', '.claude/skills/bill-partners/SKILL.md'],
  ['skill', `C4: a | b & "c" $(d) <e> 'f'`, '.claude/skills/c4-a-b-c-d-e-f/SKILL.md'],
  ['agent', 'Auditor', '.claude/agents/auditor.md'],
  ['agent', 'C4: a | b & $(d)', '.claude/agents/c4-a-b-d.md'],
])('new %s %j passes its standard, strictly, but for the places to be filled in', (kind, title, path) => {
  expect(ask(sandbox, 'repo', ['new', kind, '--title', title]).created).toEqual([path]);
  const judged = () => ask(sandbox, 'repo', ['check', path]).findings.map(({ rule, message }: { rule: string; message: string }) => `${rule} ${message}`);
  expect(judged()).toEqual([expect.stringMatching(new RegExp(`^${kind}-standard .*\\[\\[fill: use when`))]);
  const file = join(sandbox.root, 'repo', path);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/\[\[fill:[^\]]*\]\]/g, 'Use when accounts are due.'));
  expect(judged()).toEqual([]);
});
