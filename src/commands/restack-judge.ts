import { moment } from '../git/clock.ts';
import type { RestackedBranch, RestackPlan } from '../workflow/restack-plan.ts';
import type { Invocation } from './command.ts';
import { judgeBranch, type LocatedFinding, type Surroundings } from './judge-range.ts';
import type { Workspace } from './workspace.ts';

/**
 * Errors that branches would have where they come to stand and do not have where they are: what was
 * joined without a conflict may be wrong all the same. Each once, at the lowest branch that has it.
 */
export function judgeBuilt({ repository, settings }: Workspace, { program }: Invocation, plan: RestackPlan, branches: readonly RestackedBranch[]): LocatedFinding[] {
  const surroundings: Surroundings = { repository, program, trunkTips: [plan.ground.commit], judge: settings.judge, judged: [], now: moment() };
  const errors = (name: string, tip: string) => judgeBranch({ ref: `refs/heads/${name}`, tip }, surroundings).findings.filter(({ severity }) => severity === 'error');
  const found = new Map<string, LocatedFinding>();
  for (const { name, state, before, after } of branches) {
    const now = state === 'moved' ? errors(name, after) : [];
    const fresh = now.filter((finding) => !found.has(keyOf(finding)));
    const had = new Set(fresh.length === 0 ? [] : errors(name, before).map(keyOf));
    for (const finding of fresh) if (!had.has(keyOf(finding))) found.set(keyOf(finding), finding);
  }
  return [...found.values()];
}

function keyOf({ rule, path, message }: LocatedFinding): string {
  return JSON.stringify([rule, path, message]);
}
