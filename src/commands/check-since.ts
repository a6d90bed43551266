import { check } from '../check/engine.ts';
import { findingsSince } from '../check/since.ts';
import { mergeBases, requireCommit, requireHistory } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { rules } from '../rules/index.generated.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Invocation, Outcome } from './command.ts';
import { ownSettings, rootsOf } from './check-work-tree.ts';
import { passedThrough } from './judge-range.ts';
import { judged, notGoverned, outcome } from './outcome.ts';
import { inFormat } from './report-format.ts';

/**
 * Judges the work tree against where it left a revision, and tells only what came since: on changed
 * lines, in new files. For a repository in which much was wrong before anybody asked.
 */
export async function judgeSince(repository: Repository, from: string, invocation: Invocation): Promise<Outcome> {
  const { program } = invocation;
  const [head, start] = [requireCommit(repository, 'HEAD'), requireCommit(repository, from)];
  const bases = mergeBases(repository, head, [start]);
  requireHistory(repository, [head, start], bases);
  const before = bases.map((oid) => repository.treeOf(oid));
  const settings = [ownSettings(repository), ...before.map(settingsIn)].filter((one) => one !== undefined);
  if (settings.length === 0) throw notGoverned(program);
  return withWorkTree(repository, rootsOf(settings), async (after) => {
    const change = {
      before,
      after,
      isRange: true,
      get through() {
        return passedThrough({ before: bases, after: head }, { repository });
      },
    };
    const counting = (findings: Parameters<typeof findingsSince>[0]) => findingsSince(findings, { before, after, rules, program });
    const result = check(change, { rules, scope: 'changed', program, counting, ...(bases[0] !== undefined && { origin: bases[0].slice(0, 10) }) });
    return inFormat(outcome(result, after, invocation), judged(result, repository, before, after), invocation);
  });
}
