import { expect, it } from 'vitest';
import type { Repository } from '../../src/git/repository.ts';
import { runSubmission, type Hosting } from '../../src/commands/submit-run.ts';
import type { PlannedBranch, SubmitPlan } from '../../src/commands/submit-plan.ts';
import type { PullRequest } from '../../src/providers/generated/ports.ts';
import { pullRequestBody, stackTable } from '../../src/render/pull-request.ts';

const BRANCHES = ['a', 'b', 'c'];
const text = (branch: string) => ({ title: branch, description: `What ${branch} does` });
const rows = BRANCHES.map((branch, at) => ({ branch, title: branch, reference: `#${at + 1}`, url: undefined, isMerged: false }));

function pull(branch: string, at: number): PullRequest {
  const body = pullRequestBody('', text(branch), stackTable(rows, branch, 'main')).text;
  return { id: String(at + 1), title: branch, body, head: branch, base: BRANCHES[at - 1] ?? 'main', state: 'open', draft: false, author: 'dev', created: '2026-11-20T10:00:00Z', updated: '2026-11-20T10:00:00Z', commit: null, merged: null, url: null };
}

/** A service that keeps stacks, in which the pull requests are as they should be. */
function service(stack: readonly string[] | undefined) {
  const told: string[][] = [];
  const unused = () => Promise.reject(new Error('not asked for'));
  const hosting: Hosting = {
    findPullRequests: unused,
    getPullRequest: unused,
    createPullRequest: unused,
    updatePullRequest: unused,
    getStack: () => Promise.resolve(stack ? { id: '1', pulls: [...stack] } : null),
    setStack: ({ pulls }) => (told.push([...pulls]), Promise.resolve({ id: '1', pulls: [...pulls] })),
  };
  return { hosting, told };
}

const members = BRANCHES.map((branch, at) => ({ branch, tip: branch, ticket: undefined, part: undefined, began: undefined, state: 'open' as const, known: pull(branch, at) }));
const branches = members.map((member, at): PlannedBranch => ({ ...member, base: BRANCHES[at - 1] ?? 'main', push: { kind: 'none' }, pushed: [], text: text(member.branch), excess: undefined, isStale: false }));
const plan: SubmitPlan = { remote: 'origin', target: 'main', branches, members, isStackDue: false };

it.each([
  ['none yet', undefined, [['1', '2', '3']]],
  ['one of these', ['1', '2', '3'], []],
  ['one that goes on below and above', ['9', '1', '2', '3', '4'], []],
  ['one in another order', ['2', '1', '3'], [['1', '2', '3']]],
  ['one that ends too soon', ['1', '2'], [['1', '2', '3']]],
])('X18: a service that knows stacks, with %s, is told where that is something new', async (_, stack, expected) => {
  const { hosting, told } = service(stack);
  expect(await runSubmission({} as Repository, plan, hosting, { isDraft: false })).toEqual({ pushed: [], opened: [], updated: [], edited: [], ...(expected.length > 0 && { stack: expected[0] }) });
  expect(told).toEqual(expected);
});
