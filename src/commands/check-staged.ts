import { check } from '../check/engine.ts';
import type { Repository } from '../git/repository.ts';
import { rules } from '../rules/index.generated.ts';
import type { Invocation, Outcome } from './command.ts';
import { outcome } from './outcome.ts';

/** The index against the parents that the next commit will have. Throws a UserError for an unmerged index. */
export function judgeStaged(repository: Repository, invocation: Pick<Invocation, 'program' | 'color' | 'cwd'>): Outcome {
  const [before, after] = [repository.nextParents(), repository.indexTree()];
  return outcome(check({ before, after }, { rules, scope: 'changed', program: invocation.program }), after, invocation);
}
