import { check } from '../check/engine.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { Repository } from '../git/repository.ts';
import { rules } from '../rules/index.generated.ts';
import type { Invocation, Outcome } from './command.ts';
import { judged, outcome } from './outcome.ts';
import { inFormat } from './report-format.ts';

/** The index against the parents that the next commit will have. Throws a UserError for an unmerged index. */
export async function judgeStaged(repository: Repository, invocation: Pick<Invocation, 'program' | 'color' | 'cwd' | 'values'>): Promise<Outcome> {
  const [before, after] = [repository.nextParents([WORKSPACE_PATH]), repository.indexTree()];
  const result = check({ before, after }, { rules, scope: 'changed', program: invocation.program });
  return inFormat(outcome(result, after, invocation), judged(result, repository, before, after), invocation);
}
