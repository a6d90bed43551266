import { describe, expect, it } from 'vitest';
import { branchSteps, trunkName, trunkSteps } from '../../src/check/steps.ts';

describe('branchSteps', () => {
  it('is one step from every base', () => {
    expect(branchSteps({ tip: 't', bases: ['a', 'b'], each: [] })).toEqual([{ before: ['a', 'b'], after: 't' }]);
  });

  it('adds every commit against all its parents when each is asked for', () => {
    const each = [{ oid: 'x', parents: ['a'] }, { oid: 't', parents: ['x', 'y'] }];
    expect(branchSteps({ tip: 't', bases: ['a'], each })).toEqual([
      { before: ['a'], after: 'x', commit: 'x' },
      { before: ['x', 'y'], after: 't', commit: 't' },
      { before: ['a'], after: 't' },
    ]);
  });

  it('has nothing to judge in a branch that the trunk contains', () => {
    expect(branchSteps({ tip: 't', bases: ['t'], each: [] })).toEqual([]);
  });
});

describe('trunkSteps', () => {
  it('always judges the whole, whatever commits are left out', () => {
    expect(trunkSteps({ tip: 't', old: 'o', commits: [] })).toEqual([{ before: ['o'], after: 't' }]);
  });

  it('judges the state of a new trunk and its commits', () => {
    expect(trunkSteps({ tip: 't', old: undefined, commits: [{ oid: 't', parents: [] }] })).toEqual([{ before: [], after: 't', commit: 't' }, { before: [], after: 't' }]);
  });

  it('has nothing to judge where nothing moved', () => {
    expect(trunkSteps({ tip: 't', old: 't', commits: [] })).toEqual([]);
  });
});

describe('trunkName', () => {
  const none = { configured: undefined, head: undefined, existing: [], arriving: [] };
  it.each([
    ['what the workspace says', { ...none, configured: 'develop', head: 'main', existing: ['main', 'develop'] }, 'develop'],
    ['what the workspace says, as it arrives', { ...none, configured: 'develop', head: 'main', existing: ['main'], arriving: ['develop'] }, 'develop'],
    ['the default branch while there is none of the name that the workspace says', { ...none, configured: 'develop', head: 'main', existing: ['main'] }, 'main'],
    ['the name that the workspace says when nothing else is known', { ...none, configured: 'develop' }, 'develop'],
    ["the server's HEAD", { ...none, head: 'trunk', existing: ['main', 'trunk'] }, 'trunk'],
    ['main where HEAD points nowhere yet', { ...none, head: 'master', existing: ['main', 'x'] }, 'main'],
    ['master where there is no main', { ...none, existing: ['master'] }, 'master'],
    ['what arrives at an empty server', { ...none, head: 'master', arriving: ['topic', 'main'] }, 'main'],
    ['an unborn HEAD when only others arrive', { ...none, head: 'master', arriving: ['topic'] }, 'master'],
    ['none when none can be told', { ...none, existing: ['topic'] }, undefined],
  ])('%s', (_, candidates, expected) => {
    expect(trunkName(candidates)).toBe(expected);
  });
});
