import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { promote, type Claim } from '../../src/workflow/promotion.ts';

const LIVING = `---
# who reads this
title: Reports   # a comment
x-owner: dana
---
Prose before.

## Requirements

### Requirement: Token validation
The system SHALL reject expired tokens.

<!-- Rate limits were agreed with Ops. -->

### Requirement: Rate limit

The system SHALL answer within one second.

#### Scenario: Slow

- **WHEN** it is slow

## Notes

Nobody touches these.
`;

const parsed = (text: string) => parseDocument(Buffer.from(text));
const found = (text: string, name: string) => requirementsOf(parsed(text)).find((one) => one.name === name);

/** What a ticket says, written against the living spec as it is. */
function claim(operation: Claim['operation'], name: string, body = '', against = LIVING, more: Partial<Claim> = {}): Claim {
  return { name, key: name.replace(/\s+/g, '').toLowerCase(), operation, body, to: undefined, was: operation === 'ADDED' ? undefined : found(against, name)?.digest, path: 'docs/specs/PROJ-7/spec.md', ...more };
}

describe('promotion of a spec', () => {
  it('S9: swaps what the ticket changes and leaves every other byte alone', () => {
    const { text, changes } = promote(parsed(LIVING), [claim('MODIFIED', 'Token validation', 'The system SHALL reject every token.'), claim('ADDED', 'Export', 'The system SHALL export.\n\n#### Scenario: One\n\n- **WHEN** asked')]);
    expect(changes).toEqual([{ kind: 'modified', name: 'Token validation' }, { kind: 'added', name: 'Export' }]);
    expect(text).toBe(LIVING.replace('reject expired tokens', 'reject every token').replace('- **WHEN** it is slow\n', '- **WHEN** it is slow\n\n### Requirement: Export\n\nThe system SHALL export.\n\n#### Scenario: One\n\n- **WHEN** asked\n'));
  });

  it('keeps CRLF, a missing last newline, and the comment below what is removed', () => {
    const crlf = LIVING.trimEnd().replaceAll('\n', '\r\n');
    const { text } = promote(parsed(crlf), [claim('REMOVED', 'Token validation', '', crlf), claim('ADDED', 'Export', 'The system SHALL export.')]);
    expect(text).toBe(
      crlf
        .replace('### Requirement: Token validation\r\nThe system SHALL reject expired tokens.\r\n\r\n', '')
        .replace('- **WHEN** it is slow\r\n', '- **WHEN** it is slow\r\n\r\n### Requirement: Export\r\n\r\nThe system SHALL export.\r\n'),
    );
  });

  it('renames, and modifies under the new name', () => {
    const renamed = promote(parsed(LIVING), [claim('RENAMED', 'Rate limit', '', LIVING, { to: 'Speed' })]);
    expect(renamed.text).toBe(LIVING.replace('Requirement: Rate limit', 'Requirement: Speed'));
    const both = promote(parsed(LIVING), [claim('RENAMED', 'Rate limit', '', LIVING, { to: 'Speed' }), claim('MODIFIED', 'Speed', 'The system SHALL be fast.', renamed.text)]);
    expect(both.conflicts).toEqual([]);
    expect(found(both.text, 'Speed')?.body).toBe('The system SHALL be fast.');
    // Once more: everything stands there.
    expect(promote(parsed(both.text), [claim('RENAMED', 'Rate limit', '', LIVING, { to: 'Speed' }), claim('MODIFIED', 'Speed', 'The system SHALL be fast.', renamed.text)])).toMatchObject({ changes: [], conflicts: [], text: both.text });
  });

  it('begins the list of a living spec that has none, and a file that holds nothing but a title', () => {
    const { text } = promote(parsed('---\ntitle: Reports\n---\n'), [claim('ADDED', 'Export', 'The system SHALL export.')]);
    expect(text).toBe('---\ntitle: Reports\n---\n\n## Requirements\n\n### Requirement: Export\n\nThe system SHALL export.\n');
    const emptied = promote(parsed(text), [claim('REMOVED', 'Export', '', text), claim('ADDED', 'Import', 'The system SHALL import.')]);
    expect(emptied.text).toBe(text.replace('Export', 'Import').replace('export', 'import'));
  });

  it('X11: the second of two tickets that changed one requirement is refused, whatever it does to it', () => {
    const first = promote(parsed(LIVING), [claim('MODIFIED', 'Token validation', 'The first text SHALL stay.')]);
    for (const second of [claim('MODIFIED', 'Token validation', 'The second text SHALL win.'), claim('REMOVED', 'Token validation'), claim('RENAMED', 'Token validation', '', LIVING, { to: 'Tokens' })]) {
      const { text, conflicts } = promote(parsed(first.text), [second]);
      expect(conflicts.map(({ kind }) => kind)).toEqual(['other-was']);
      expect(text).toBe(first.text);
    }
    const added = promote(parsed(LIVING), [claim('ADDED', 'Export', 'As CSV SHALL it be.')]);
    expect(promote(parsed(added.text), [claim('ADDED', 'export', 'As XML SHALL it be.')]).conflicts.map(({ kind }) => kind)).toEqual(['exists']);
    expect(promote(parsed(added.text), [claim('ADDED', 'Export', 'As CSV SHALL it be.')])).toMatchObject({ settled: ['Export'], conflicts: [] });
    const removed = promote(parsed(LIVING), [claim('REMOVED', 'Token validation')]);
    expect(promote(parsed(removed.text), [claim('MODIFIED', 'Token validation', 'It SHALL be back.')]).conflicts.map(({ kind }) => kind)).toEqual(['no-target']);
  });

  it('does not swap what the living spec has twice, nor without a Was line', () => {
    const twice = LIVING.replace('Requirement: Rate limit', 'Requirement: token Validation');
    expect(promote(parsed(twice), [claim('MODIFIED', 'Token validation', 'x SHALL', twice)]).conflicts.map(({ kind }) => kind)).toContain('twice');
    expect(promote(parsed(LIVING), [claim('MODIFIED', 'Rate limit', 'x SHALL', LIVING, { was: undefined })]).conflicts.map(({ kind }) => kind)).toEqual(['no-was']);
  });

  it('refuses a text that would swallow what follows', () => {
    expect(() => promote(parsed(LIVING), [claim('MODIFIED', 'Token validation', 'The system SHALL:\n\n```\nan open fence')])).toThrow(/ends inside a fence/);
  });
});
