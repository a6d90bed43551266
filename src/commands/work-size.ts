import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { branchesBelow } from '../git/history.ts';
import { sizedCommits, type SizedCommit } from '../git/ticket-commits.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { linesChanged, reviewedPaths } from '../workflow/review-size.ts';
import type { WorkSize } from '../workflow/ticket-metrics.ts';
import { nodeTrailers } from '../workflow/trailers.ts';
import { branchBase } from './branch-base.ts';
import type { Workspace } from './workspace.ts';

/**
 * A ticket's commits and what a reviewer reads of them: of its branch as a whole; on the trunk, of the
 * commits that name its nodes or touch its folder. Commits of nothing but `own` files do not count, so
 * that counting changes no count.
 */
export function workSize(workspace: Workspace, id: string, own: readonly string[]): WorkSize {
  const { repository, settings } = workspace;
  const { branch } = repository;
  const trunk = trunkBranch(repository, settings.trunk);
  const tip = repository.commit('HEAD');
  if (tip === undefined) return { commits: 0, files: 0, lines: 0 };
  const base = branch === undefined || branch === trunk ? undefined : branchBase(workspace, branch, tip, trunk, branchesBelow(repository, 'refs/'));
  const counts = ({ files }: SizedCommit) => files.some(({ path }) => !own.includes(path));
  const after = repository.treeOf(tip);
  if (base !== undefined && base !== tip) {
    const before = repository.treeOf(base);
    const paths = reviewedPaths(after, after.changedFrom([before], ['']).map(({ path }) => path), settings);
    const lines = paths.reduce((sum, path) => sum + linesChanged(before.read(path)?.toString(), after.read(path)?.toString()), 0);
    return { commits: sizedCommits(repository, [`${base}..${tip}`]).filter(counts).length, files: paths.length, lines };
  }
  const named = sizedCommits(repository, ['-i', '--fixed-strings', `--grep=${id}/`, tip]).filter(({ message }) => nodeTrailers(message).some(({ ticket }) => ticket === id));
  const touching = sizedCommits(repository, ['--full-diff', tip, '--', ticketFolder(settings, id), archivedFolder(settings, id)]);
  const commits = [...new Map([...named, ...touching].map((commit) => [commit.oid, commit])).values()].filter(counts);
  const files = commits.flatMap((commit) => commit.files);
  const reviewed = new Set(reviewedPaths(after, [...new Set(files.map(({ path }) => path))], settings));
  return { commits: commits.length, files: reviewed.size, lines: files.filter(({ path }) => reviewed.has(path)).reduce((sum, { lines }) => sum + lines, 0) };
}
