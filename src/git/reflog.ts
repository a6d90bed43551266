import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/**
 * Whether a branch went from a commit to another form of it: amended, rebased or restacked, as its
 * reflog says. Where it was set back to an earlier commit, or nothing is known, it was not.
 */
export function wasRewritten(repository: Repository, branch: string, commit: Oid): boolean {
  const { status, stdout } = repository.tryGit(['log', '--walk-reflogs', '--format=%H %gs', `refs/heads/${branch}`, '--']);
  if (status !== 0) return false;
  const entries = linesOf(stdout).map((line) => ({ oid: line.slice(0, line.indexOf(' ')), reason: line.slice(line.indexOf(' ') + 1) }));
  const at = entries.findIndex(({ oid }) => oid === commit);
  return at > 0 && /^(?:commit \(amend\)|rebase|treework restack)/.test(entries[at - 1]?.reason ?? '');
}
