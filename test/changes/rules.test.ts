import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { rules } from '../../src/rules/index.generated.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { body as anyBody } from '../documents/generators.ts';
import { record, spec } from './documents.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);
const OWN = rules.filter(({ id }) => /^(requirement-|placeholder-|change-record-)/.test(id));
const FOLDER = 'docs/specs/PROJ-7';
type Files = Readonly<Record<string, string>>;

function judge(after: Files, ...before: Files[]): readonly Finding[] {
  const tree = (files: Files) => new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${FOLDER}/${name}`, text])) });
  return check({ before: before.map(tree), after: tree(after) }, { rules: OWN, scope: before.length > 0 ? 'changed' : 'all', program: 'treework' }).findings;
}

function said(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, severity, path, line }) => `${rule} ${severity} ${path.slice(FOLDER.length + 1)}:${line}`);
}

const LOGIN = '### Requirement: Login\nThe system SHALL ask for a password.\n#### Scenario: s\n- WHEN x\n- THEN y\n';
const SPEC = `---\nticket: PROJ-7\ntitle: x\n---\n${LOGIN}`;
const DIGEST = requirementsOf(spec(LOGIN))[0]?.digest;
const change = (what: string) => `## MODIFIED Requirements\n### Requirement: Login\nWas: ${DIGEST}\n\nThe system SHALL ${what}.\n#### Scenario: s\n- WHEN x\n- THEN y\n`;

describe('records that meet', () => {
  test('the finding names both files, and how to mend it', () => {
    const [finding, ...others] = judge({ 'spec.md': SPEC, 'changes/001-a.md': record('accepted', change('a')), 'changes/002-b.md': record('accepted', change('b')) });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'change-record-target', severity: 'error', path: `${FOLDER}/changes/002-b.md` });
    expect(finding?.message).toMatch(/002-b would change: 001-a changed it too, and neither record knows of the other$/);
    expect(finding?.remedy).toContain('treework change revert 002-b --ticket PROJ-7');
  });

  test('a proposed record that an accepted one was not written for is told to come later', () => {
    const findings = judge({ 'spec.md': SPEC, 'changes/001-a.md': record('proposed', change('a')), 'changes/002-b.md': record('accepted', change('b')) });
    expect(said(findings)).toEqual(['change-record-target warning changes/001-a.md:1']);
    expect(findings[0]?.message).toContain('expected one after 002-b, which is accepted');
  });

  test('a revert that an accepted record builds on is refused there', () => {
    const first = record('accepted', change('a'));
    const built = record('accepted', change('b').replace(String(DIGEST), String(requirementsOf(spec(LOGIN.replace('ask for a password', 'a')))[0]?.digest)));
    const files = { 'spec.md': SPEC, 'changes/001-a.md': first, 'changes/002-b.md': built };
    expect(judge(files)).toEqual([]);
    const findings = judge({ ...files, 'changes/001-a.md': record('reverted', change('a')) }, files);
    expect(said(findings)).toEqual(['change-record-target error changes/002-b.md:10']);
    expect(findings[0]?.message).toContain('it is of the text of 001-a, which is reverted');
  });
});

describe('a scaffold', () => {
  test('is one warning', () => {
    const scaffold = '## MODIFIED Requirements\n\n[[fill: each requirement that changes]]\n\n## Task impact\n\n[[fill: which nodes]]\n';
    const added = '## ADDED Requirements\n\n### Requirement: [[fill: a name]]\n\nThe system SHALL [[fill: what]].\n\n#### Scenario: [[fill: a name]]\n\n- **WHEN** [[fill: x]]\n- **THEN** [[fill: y]]\n';
    const findings = judge({ 'spec.md': SPEC, 'changes/001-a.md': record('proposed', scaffold), 'changes/002-b.md': record('proposed', added).replace('replacing', 'additive') });
    expect(said(findings)).toEqual(['placeholder-unfilled warning changes/001-a.md:10', 'placeholder-unfilled warning changes/002-b.md:10']);
  });

  test('that is accepted as it is, is refused', () => {
    expect(judge({ 'spec.md': SPEC, 'changes/001-a.md': record('accepted', '## Task impact\n[[fill: x]]\n') }).filter(({ severity }) => severity === 'error').map(({ rule }) => rule)).toEqual(['change-record-impact', 'placeholder-unfilled']);
  });
});

describe('what was decided', () => {
  const accepted = record('accepted', change('a'));
  const proposed = record('proposed', change('a'));
  const files = (text: string) => ({ 'spec.md': SPEC, 'changes/001-a.md': text });
  const step = (after: string | undefined, ...before: string[]) =>
    said(judge(after === undefined ? { 'spec.md': SPEC } : files(after), ...before.map(files)).filter(({ rule }) => rule === 'change-record-immutable'));
  const FINDING = /^change-record-immutable error changes\/001-a\.md:\d+$/;

  test.each([
    ['text', accepted.replace('SHALL a', 'SHALL b')],
    ['title', accepted.replace('A change', 'Another')],
    ['a key more', accepted.replace('impact:', 'reason: why\nimpact:')],
    ['history shortened', proposed],
    ['history rewritten', accepted.replace('by: rev', 'by: eve')],
    ['text below the end', `${accepted}\nmore\n`],
  ])('does not change its %s', (_, after) => {
    expect(step(after, accepted)).toEqual([expect.stringMatching(FINDING)]);
  });

  test('does not go, or lie about itself, or become unreadable', () => {
    expect(step(undefined, accepted)).toEqual([expect.stringMatching(FINDING)]);
    expect(step(accepted.replace('status: accepted', 'status: proposed'), accepted)).toEqual([expect.stringMatching(FINDING)]);
    expect(step(accepted.replace('title: A change', 'title: ['), accepted)).toEqual([expect.stringMatching(FINDING)]);
  });

  test.each([
    ['other line ends and comments', accepted.replace('status:', '# decided\nstatus:').replaceAll('\n', '\r\n')],
    ['a revert', record('reverted', change('a'))],
    ['the same', accepted],
  ])('stays through %s', (_, after) => {
    expect(step(after, accepted)).toEqual([]);
  });

  test('what is proposed may be edited, accepted and dropped, and its history only grows', () => {
    expect(step(record('accepted', change('other')), proposed)).toEqual([]);
    expect(step(undefined, proposed)).toEqual([]);
    expect(step(proposed.replace('by: dana', 'by: eve'), proposed)).toEqual([expect.stringMatching(FINDING)]);
  });

  test('a merge keeps one of two decisions whole', () => {
    const rejected = record('rejected', change('a'));
    const mixed = { ...files(accepted), 'idea.md': '---\ntitle: x\n---\n' };
    expect(said(judge(mixed, files(accepted), files(rejected)))).toEqual([]);
    expect(said(judge({ ...mixed, 'changes/001-a.md': proposed }, files(accepted), files(proposed)))).toEqual([expect.stringMatching(FINDING)]);
    expect(said(judge({ ...mixed, 'changes/001-a.md': proposed }, files(accepted), files(rejected)))).toEqual([expect.stringMatching(FINDING)]);
  });
});

test('a fix of a frozen spec is not offered', () => {
  const text = `---\nticket: PROJ-7\ntitle: x\n---\n${LOGIN}### requirement: B\n`;
  expect(judge({ 'spec.md': text })[0]).toMatchObject({ severity: 'error', fix: { to: text.replace('requirement: B', 'Requirement: B') } });
  const [frozen] = judge({ 'spec.md': text, 'tasks.md': `---\nticket: PROJ-7\nspec: sha256:${'a'.repeat(64)}\n---\n` });
  expect(frozen?.severity).toBe('warning');
  expect(frozen?.fix).toBeUndefined();
});

test('words of languages without spaces count inside a text', () => {
  const body = (statement: string) => `---\nticket: PROJ-7\ntitle: x\nkeywords: [必须, DEBE]\n---\n### Requirement: A\n${statement}\n#### Scenario: s\n- WHEN x\n- THEN y\n`;
  expect(judge({ 'spec.md': body('系统必须拒绝过期的令牌。') })).toEqual([]);
  expect(said(judge({ 'spec.md': body('El sistema DEBERÍA callar.') }))).toEqual(['requirement-keyword error spec.md:6']);
});

const entry = fc.constantFrom('## ADDED Requirements', '## MODIFIED Requirements', '## RENAMED Requirements', '## REMOVED Section: x', '## MODIFIED Section: (preamble)', '### Requirement: A', '### Requirement: __proto__', '#### Scenario: s', `Was: ${DIGEST}`, 'Was: x', 'To: B', '- **WHEN** x', '[[fill: x', 'TBD', '### requirement: constructor', '## Task impact');
const hostile = fc.array(fc.oneof(entry, anyBody, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 8 }).map((parts) => parts.join('\n'));
const front = fc.constantFrom(
  'status: accepted\nimpact: additive\nhistory: [{to: proposed, by: a}, {to: accepted, by: b}]', 'status: proposed\nimpact: 1\nblocks: [x, 1]\nhistory: [1, null]', 'status: constructor\nhistory: {to: x}', 'status: [\n', 'history: [{to: __proto__}, {to: constructor}]\nstatus: reverted', 'keywords: ["(", "*"]\nticket: PROJ-7', 'keywords: [" "]',
);
const file = fc.tuple(front, hostile).map(([data, text]) => `---\n${data}\n---\n${text}`);

test('no text makes a rule fail, or a finding without a place', () => {
  fc.assert(
    fc.property(fc.tuple(file, file, file, file), fc.tuple(file, file), ([one, two, three, four], [old, older]) => {
      const after = { 'spec.md': one, 'changes/001-a.md': two, 'changes/002-b.md': three, 'tasks.md': four };
      for (const finding of [...judge(after), ...judge(after, { 'changes/001-a.md': old }, { 'changes/001-a.md': older, 'spec.md': one })]) {
        expect(finding.line).toBeGreaterThan(0);
        expect(finding.column).toBeGreaterThan(0);
        expect(finding.message).toMatch(/^Unexpected [^]*expected/);
        expect(finding.remedy).not.toBe('');
      }
    }),
    { numRuns: RUNS },
  );
}, 180_000 + RUNS * 60);
