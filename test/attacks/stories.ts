import { afterEach, expect } from 'vitest';
import { Governed, type Story } from '../harness/governed.ts';
import type { Answer } from '../harness/sandbox.ts';

const open: Governed[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

/** A repository for one story, removed after it. */
export function governed(story: Story = {}): Governed {
  const one = new Governed(story);
  open.push(one);
  return one;
}

/** Judged and refused: exit 1 with a finding of this rule, never a crash or wrong use. */
export function expectRefused(answer: Answer, rule = 'spec-frozen'): void {
  expect(answer.output).toContain(rule);
  expect(answer.output).toMatch(/ error .*\n|error {2}/);
  expect(answer.output).not.toMatch(/bug in treework/);
  expect(answer.status).not.toBe(0);
}

export function expectAccepted(answer: Answer): void {
  expect(answer.output).not.toMatch(/ error /);
  expect(answer.status, answer.output).toBe(0);
}

type Files = Readonly<Record<string, string | Buffer | null>>;

/**
 * An attack in one commit, refused in every place that could let it in: by the commit's hook; slipped
 * past it, by the push of a branch and of the trunk; slipped past that, by the server for both.
 */
export function refusedEverywhere(story: Governed, attack: Files | ((story: Governed) => void), rule = 'spec-frozen'): void {
  const apply = () => (typeof attack === 'function' ? attack(story) : story.stage(attack));
  apply();
  story.git('add', '-A');
  expectRefused(story.tryGit('commit', '-m', 'feat: attack'), rule);
  story.git('commit', '-q', '--no-verify', '-m', 'feat: attack');
  refusedAfterCommit(story, rule);
}

/** What is committed on the clone's main is refused by push and server, as a branch and as the trunk. */
export function refusedAfterCommit(story: Governed, rule = 'spec-frozen'): void {
  const trunk = story.served('main');
  for (const refspec of ['HEAD:refs/heads/PROJ-7--sneak', '+HEAD:refs/heads/main']) {
    expectRefused(story.prePush(refspec), rule);
    expectRefused(story.serve(refspec), rule);
  }
  expect(story.served('PROJ-7--sneak')).toBe('');
  expect(story.served('main')).toBe(trunk);
}

/** What is committed on the clone's main is accepted by push and server, as a branch and as the trunk. */
export function acceptedAfterCommit(story: Governed): void {
  for (const refspec of ['HEAD:refs/heads/PROJ-7--honest', 'HEAD:refs/heads/main']) {
    expectAccepted(story.prePush(refspec));
    expectAccepted(story.serve(refspec));
  }
  expect(story.served('main')).toBe(story.head());
}
