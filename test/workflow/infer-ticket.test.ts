import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/error.ts';
import { inferTicket, type TicketClues } from '../../src/workflow/infer-ticket.ts';
import { settingsOf } from '../../src/documents/settings.ts';

const NONE: TicketClues = { option: undefined, folder: undefined, branch: undefined, worktree: undefined, known: [], open: [] };
const settings = settingsOf({ treework: 1 });
const prefixed = settingsOf({ treework: 1, tickets: { prefix: 'GH' } });

function infer(clues: Partial<TicketClues>, names = settings): string {
  try {
    return inferTicket({ ...NONE, ...clues }, names);
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

describe('inferTicket', () => {
  it.each([
    ['--ticket before all else', { option: 'PROJ-1', folder: 'PROJ-2', branch: 'PROJ-3--x' }, 'PROJ-1'],
    ['the folder', { folder: 'PROJ-2', known: ['PROJ-2', 'PROJ-3'], open: ['PROJ-2', 'PROJ-3'] }, 'PROJ-2'],
    ['ID--slug', { branch: 'add-auth-k3f9--some-slug' }, 'add-auth-k3f9'],
    ['ID--p2-slug', { branch: 'PROJ-7--p2-slug' }, 'PROJ-7'],
    ['feature/ID-x of a tracker', { branch: 'feature/PROJ-7-reports-api' }, 'PROJ-7'],
    ['feature/ID-x of a known slug', { branch: 'fix/add-auth-k3f9-x', known: ['add-auth-k3f9', 'add-auth'] }, 'add-auth-k3f9'],
    ['other letters in the branch', { branch: 'proj-7--x', known: ['PROJ-7'] }, 'PROJ-7'],
    ['the worktree', { worktree: 'PROJ-7-reports', branch: 'main' }, 'PROJ-7'],
    ['the only open ticket', { branch: 'main', open: ['PROJ-7'], known: ['PROJ-7', 'OLD-1'] }, 'PROJ-7'],
    ['clues that agree', { folder: 'PROJ-7', branch: 'PROJ-7--x', worktree: 'proj-7-x', known: ['PROJ-7'] }, 'PROJ-7'],
    ['no part of a longer number', { branch: 'feature/PROJ-77', known: ['PROJ-7'] }, 'PROJ-77'],
    ['no ticket in plain words', { branch: 'add-feature', worktree: 'my-project' }, 'ticket-missing'],
    ['two that differ', { folder: 'PROJ-2', branch: 'PROJ-3--x' }, 'ticket-ambiguous'],
    ['several open ones', { open: ['A-1', 'A-2'] }, 'ticket-ambiguous'],
    ['nothing', {}, 'ticket-missing'],
    ['a folder that is no ticket', { folder: 'ARCHIVED' }, 'ticket-form'],
    ['a bare number', { option: '12' }, 'ticket-form'],
    ['a path', { option: '../x-1' }, 'ticket-form'],
  ])('%s', (_, clues, expected) => {
    expect(infer(clues)).toBe(expected);
  });

  it("puts a tracker's prefix before a bare number", () => {
    expect(infer({ option: '123' }, prefixed)).toBe('GH-123');
    expect(infer({ option: '#123' }, prefixed)).toBe('GH-123');
  });

  it('names both candidates and how to choose', () => {
    expect(() => inferTicket({ ...NONE, folder: 'PROJ-2', branch: 'PROJ-3--x' }, settings)).toThrow(/PROJ-2 \(the current folder\) and PROJ-3 \(the branch\)/);
  });

  it("holds ids to this repository's narrower form", () => {
    const narrow = settingsOf({ treework: 1, tickets: { pattern: '^PROJ-[0-9]+$' } });
    expect(infer({ option: 'OTHER-1' }, narrow)).toBe('ticket-form');
    expect(infer({ option: 'PROJ-1' }, narrow)).toBe('PROJ-1');
  });
});
