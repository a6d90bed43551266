import { describe, expect, test } from 'vitest';
import { requirementsOf, sectionsOf } from '../../src/documents/requirements.ts';
import { effectiveSpec, foldOne } from '../../src/workflow/effective-spec.ts';
import { record, spec, ticket } from './documents.ts';

const LOGIN = '### Requirement: Login\nThe system SHALL ask for a password.\n';
const LOGOUT = '### Requirement: Logout\nThe system SHALL drop the token.\n';
const NOTES = '## Notes\nMind the gap.\n';
const SPEC = `---\nticket: PROJ-7\ntitle: x\n---\n## Requirements\n${LOGIN}${LOGOUT}${NOTES}`;

function digestOf(body: string): string {
  return requirementsOf(spec(body))[0]?.digest as string;
}

function was(body: string): string {
  return `Was: ${digestOf(body)}`;
}

const KEY = '### Requirement: Login\nThe system SHALL ask for a key.\n';
const toKey = `## MODIFIED Requirements\n### Requirement: Login\n${was(LOGIN)}\n\nThe system SHALL ask for a key.\n`;

describe('the effective spec', () => {
  test('is the accepted records folded in the order of number, then slug', () => {
    const folded = effectiveSpec(
      ticket({
        'spec.md': SPEC,
        'changes/010-c.md': record('accepted', `## RENAMED Requirements\n### Requirement: Login\n${was(KEY)}\nTo: Sign in\n`),
        'changes/002-b.md': record('accepted', toKey),
        'changes/002-a.md': record('accepted', '## ADDED Requirements\n### Requirement: Audit\nThe system SHALL log.\n'),
        'changes/003-x.md': record('proposed', '## ADDED Requirements\n### Requirement: P\nx\n'),
        'changes/004-x.md': record('rejected', '## ADDED Requirements\n### Requirement: R\nx\n'),
        'changes/005-x.md': record('reverted', '## ADDED Requirements\n### Requirement: V\nx\n'),
      }),
    );
    expect(folded.problems).toEqual([]);
    expect(folded.requirements.map(({ name, body, path }) => [name, body, path.replace(/.*PROJ-7\//, '')])).toEqual([
      ['Sign in', 'The system SHALL ask for a key.', 'changes/010-c.md'],
      ['Logout', 'The system SHALL drop the token.', 'spec.md'],
      ['Audit', 'The system SHALL log.', 'changes/002-a.md'],
    ]);
    expect(folded.requirements[0]?.digest).toBe(digestOf('### Requirement: Sign in\nThe system SHALL ask for a key.\n'));
  });

  test('knows two records that changed one requirement without knowing of each other', () => {
    const files = { 'spec.md': SPEC, 'changes/001-a.md': record('accepted', toKey), 'changes/002-b.md': record('accepted', toKey.replace('a key', 'twice')) };
    const folded = effectiveSpec(ticket(files));
    expect(folded.problems).toMatchObject([{ kind: 'other-was', path: 'docs/specs/PROJ-7/changes/002-b.md', staleBy: 'docs/specs/PROJ-7/changes/001-a.md', was: digestOf(LOGIN), current: digestOf(KEY) }]);
    expect(folded.requirements[0]?.body).toBe('The system SHALL ask for a key.');
  });

  test('lets two requirements exchange their names', () => {
    const body = `## RENAMED Requirements\n### Requirement: Login\n${was(LOGIN)}\nTo: Logout\n### Requirement: Logout\n${was(LOGOUT)}\nTo: Login\n`;
    const folded = effectiveSpec(ticket({ 'spec.md': SPEC, 'changes/001-a.md': record('accepted', body) }));
    expect(folded.problems).toEqual([]);
    expect(folded.requirements.map(({ name, body: text }) => [name, text])).toEqual([['Logout', 'The system SHALL ask for a password.'], ['Login', 'The system SHALL drop the token.']]);
  });

  test.each([
    ['RENAMED onto a name', `## RENAMED Requirements\n### Requirement: Login\n${was(LOGIN)}\nTo: logout\n`, 'exists'],
    ['RENAMED twice to one name', `## RENAMED Requirements\n### Requirement: Login\n${was(LOGIN)}\nTo: X\n### Requirement: Logout\n${was(LOGOUT)}\nTo: x\n`, 'exists'],
    ['ADDED as an old name in another case', '## ADDED Requirements\n### Requirement: LOG IN\nx\n', 'exists'],
    ['ADDED section', '## ADDED Section: Notes\nx\n', 'exists'],
    ['MODIFIED nothing', `## MODIFIED Requirements\n### Requirement: Logon\n${was(LOGIN)}\nx\n`, 'no-target'],
    ['RENAMED nothing', `## RENAMED Requirements\n### Requirement: Logon\n${was(LOGIN)}\nTo: X\n`, 'no-target'],
    ['REMOVED section that is not there', `## REMOVED Section: Nots\n${was(LOGIN)}\n`, 'no-target'],
    ['MODIFIED without Was', '## MODIFIED Requirements\n### Requirement: Login\nx\n', 'no-was'],
    ['MODIFIED another text', `## MODIFIED Requirements\n### Requirement: Login\n${was(LOGOUT)}\nx\n`, 'other-was'],
  ])('%s: one problem, and nothing of that entry happens', (_, body, kind) => {
    const before = ticket({ 'spec.md': SPEC });
    const after = ticket({ 'spec.md': SPEC, 'changes/001-a.md': record('accepted', body) });
    const folded = effectiveSpec(after);
    expect(folded.problems.map((problem) => problem.kind)).toEqual([kind]);
    expect(folded.requirements.length + folded.sections.length).toBe(3);
    if (!/twice/.test(_)) expect(folded.requirements.map(({ text }) => text)).toEqual(effectiveSpec(before).requirements.map(({ text }) => text));
  });

  test('folds prose', () => {
    const [notes] = sectionsOf(spec(NOTES));
    const body = `## MODIFIED Section: Notes\nWas: ${notes?.digest}\n\nMind it.\n\n### Sub\n\nMore.\n\n## ADDED Section: (preamble)\n# Reports\n`;
    const folded = effectiveSpec(ticket({ 'spec.md': SPEC, 'changes/001-a.md': record('accepted', body) }));
    expect(folded.problems).toEqual([]);
    expect(folded.sections.map(({ name, body: text }) => [name, text])).toEqual([['Notes', 'Mind it.\n\n### Sub\n\nMore.'], ['(preamble)', '# Reports']]);
  });

  test('tries one more record on top without touching what it is tried on', () => {
    const proposed = ticket({ 'spec.md': SPEC, 'changes/001-a.md': record('proposed', toKey) });
    const now = effectiveSpec(proposed);
    const tried = foldOne(now, proposed.changes[0] as never);
    expect(now.requirements[0]?.body).toBe('The system SHALL ask for a password.');
    expect(tried.requirements[0]?.body).toBe('The system SHALL ask for a key.');
    const saidBy = ({ requirements }: typeof now) => requirements.map(({ path, text, digest }) => ({ path, text, digest }));
    expect(saidBy(effectiveSpec(proposed, proposed.changes[0]))).toEqual(saidBy(tried));
  });

  test('counts CRLF, trailing blanks and blank lines around as nothing', () => {
    expect(digestOf('### Requirement:   Login ##\r\n\r\nThe system SHALL ask for a password.  \r\n\r\n\r\n')).toBe(digestOf(LOGIN));
    expect(digestOf('### Requirement: Login\n The system SHALL ask for a password.\n')).not.toBe(digestOf(LOGIN));
  });
});
