import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/documents/settings.ts';
import { stackPart } from '../../src/workflow/branch-names.ts';
import { asksForVersion, baseRef, branchRoute, contribBranch, parentKey, plannedBranch, ticketKey, titleSlug, type BranchWish } from '../../src/workflow/branch-plan.ts';
import { ticketOfBranch } from '../../src/workflow/infer-ticket.ts';

const trunk = settingsOf({ treework: 1 });
const contrib = settingsOf({ treework: 1, flow: 'contrib' });
const own = settingsOf({ treework: 1, flow: 'contrib', branches: { feature: 'topic/{user}/{id}-{slug}', develop: 'next' } });
const wish: BranchWish = { ticket: 'PROJ-7', type: 'feature', title: 'Add auth', now: new Date('2026-11-20T19:26:00.123Z') };

describe('plannedBranch', () => {
  it.each([
    ['the ticket and its title', trunk, {}, 'PROJ-7--add-auth'],
    ['a part of a stack', trunk, { part: 2 }, 'PROJ-7--p2-add-auth'],
    ['no title', trunk, { title: undefined }, 'PROJ-7--work'],
    ['a title in no letters that a name holds', trunk, { title: '認証' }, 'PROJ-7--work'],
    ['a title that looks like a part', trunk, { title: 'P2 support' }, 'PROJ-7--p-2-support'],
    ['a title that is nothing but that', trunk, { title: 'P2' }, 'PROJ-7--p-2'],
    ['a hotfix of the trunk', trunk, { type: 'hotfix' }, 'PROJ-7--add-auth'],
    ['a feature between contributors', contrib, {}, 'feature/20261120T192600Z_PROJ-7--add-auth'],
    ['a part of one', contrib, { part: 3 }, 'feature/20261120T192600Z_PROJ-7--p3-add-auth'],
    ['a release', contrib, { type: 'release', version: '1.4.0' }, 'release/1.4.0'],
    ['a hotfix', contrib, { type: 'hotfix', version: '1.4.1' }, 'hotfix/1.4.1'],
    ["a repository's own pattern", own, { user: 'Ada Lovelace' }, 'topic/Ada-Lovelace/PROJ-7-add-auth'],
  ] as const)('%s', (_, settings, more, expected) => {
    expect(plannedBranch(settings, { ...wish, ...more })).toBe(expected);
  });

  it.each([
    [own, {}, /\{user\} in the pattern topic/],
    [contrib, { type: 'release' }, /\{version\} in the pattern release/],
    [settingsOf({ treework: 1, branches: { feature: '{color}/{slug}' } }), {}, /\{color\} .* expected \{id\}, \{slug\}/],
  ] as const)('refuses what a pattern wants and nobody said', (settings, more, message) => {
    expect(() => plannedBranch(settings, { ...wish, ...more } as BranchWish)).toThrow(message);
  });

  it('names the ticket and the part, so that both are found again', () => {
    for (const settings of [trunk, contrib]) {
      for (const [ticket, part] of [['PROJ-7', 2], ['add-auth-k3f9', undefined], ['pr-94-issue-1', 11]] as const) {
        const name = plannedBranch(settings, { ...wish, ticket, part, title: 'P4 of it' });
        expect(ticketOfBranch(name, []), name).toBe(ticket);
        expect(stackPart(name, settings), name).toBe(part);
      }
    }
  });
});

describe('branchRoute', () => {
  it('O11: takes each type from where it begins to where it ends', () => {
    expect(branchRoute(trunk, 'main', 'hotfix', 'ada')).toEqual({ bases: ['main'], targets: ['main'], backMerge: undefined });
    expect(branchRoute(contrib, 'main', 'feature', 'ada')).toEqual({ bases: ['contrib/ada', 'develop', 'main'], targets: ['contrib/ada', 'develop', 'main'], backMerge: undefined });
    expect(branchRoute(own, 'main', 'feature', undefined).bases).toEqual(['next', 'main']);
    expect(branchRoute(contrib, 'main', 'release', 'ada')).toEqual({ bases: ['develop', 'main'], targets: ['main'], backMerge: 'develop' });
    expect(branchRoute(contrib, 'main', 'hotfix', 'ada')).toEqual({ bases: ['main'], targets: ['main'], backMerge: 'develop' });
  });
});

describe('what is told beside a name', () => {
  it('has one form', () => {
    expect([contribBranch(contrib, ' ../x y '), contribBranch(contrib, '!!'), contribBranch(trunk, 'ada')]).toEqual(['contrib/x-y', undefined, undefined]);
    expect([asksForVersion(contrib, 'hotfix'), asksForVersion(trunk, 'hotfix')]).toEqual([true, false]);
    expect([baseRef('A-1--x'), parentKey('A-1--x'), ticketKey('release/1.0.0')]).toEqual(['refs/treework/bases/A-1--x', 'branch.A-1--x.treework-parent', 'branch.release/1.0.0.treework-ticket']);
    expect(titleSlug('Übergröße P1')).toBe('ubergrosse-p1');
  });
});
