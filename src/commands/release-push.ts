import { UserError } from '../error.ts';
import { changedBelow } from '../git/changed.ts';
import { gateLines } from '../render/gate-report.ts';
import { actionText } from './actions.ts';
import type { Invocation, Outcome } from './command.ts';
import { mendAction } from './gate-action.ts';
import { GATE_LIMIT_S, runGates } from './gate-run.ts';
import { openReleases, routeOf, type OpenRelease, type ReleaseGround } from './release-ground.ts';
import { mergeAction } from './release-state.ts';
import { openWorkspace } from './workspace.ts';

/** Runs the gates in the release's worktree, on what is committed there, and pushes the branch when they pass. What has passed on this very tree is not run again. */
export async function pushRelease(ground: ReleaseGround, invocation: Invocation): Promise<Outcome> {
  const { workspace: { repository }, remote, program, worktrees } = ground;
  const open = meantRelease(ground, invocation);
  const { branch, version } = open;
  const path = worktrees.find((one) => one.branch === branch && !one.isMissing)?.path;
  if (path === undefined) throw new UserError(`Unexpected ${branch} without a worktree, expected one where its gates can run`, `git worktree add ../${branch.replaceAll('/', '-')} ${branch}`, 'worktree-missing');
  const there = openWorkspace({ cwd: path, program });
  const { paths } = changedBelow(there.repository, ['']);
  if (paths.length > 0) throw new UserError(`Unexpected changes in ${path} that are not committed (${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}), expected the gates to judge what is pushed`, `git -C '${path}' commit`, 'dirty');
  if (invocation.values['dry-run'] === true) return { exit: 0, json: { dry_run: true, version, branch, worktree: path, remote: remote ?? null }, text: `would run the gates in ${path}${remote === undefined ? '' : `, and push ${branch} to ${remote}`}` };
  const { planned, runs, ok } = await runGates(there, { asked: [], cached: true, seconds: GATE_LIMIT_S, program });
  // A repository of documents has nothing to run; a gate that cannot be run is no pass.
  const isNothing = planned.every((gate) => gate.runs.length === 0 && gate.missing.length === 0);
  const gates = isNothing ? ['no gate has anything to run here'] : gateLines(planned, runs);
  if (!ok && !isNothing) {
    const next = mendAction({ program, cwd: path }, `mend what the gates of ${branch} find, commit it there, then the same again`, ['gate'], planned, runs);
    return { exit: 1, json: { version, branch, worktree: path, pushed: false, refused: 'the gates do not pass', runs, next_action: next }, text: () => [...gates, `${branch} was not pushed: the gates do not pass`, actionText(next)].join('\n') };
  }
  const pushed = remote === undefined ? undefined : repository.tryGit(['push', '-q', '-u', remote, `refs/heads/${branch}:refs/heads/${branch}`], { asUser: true });
  if (pushed && pushed.status !== 0) return { exit: 1, json: { version, branch, pushed: false, refused: 'the push was refused', said: pushed.stderr.trim() }, text: () => [...gates, pushed.stderr.trim(), `${branch} was not pushed`].join('\n') };
  const next = mergeAction(ground, invocation, open, routeOf(ground, open.type).target);
  return { exit: 0, json: { version, branch, worktree: path, pushed: remote !== undefined, runs, next_action: next }, text: () => [...gates, remote === undefined ? `the gates of ${branch} pass` : `${branch} is at ${remote}`, actionText(next)].join('\n') };
}

/** The local release that is named, else the one that is checked out here, else the only one. */
export function meantRelease(ground: ReleaseGround, { positionals: [version], program }: Pick<Invocation, 'positionals' | 'program'>): OpenRelease {
  const open = openReleases(ground).filter(({ isLocal }) => isLocal);
  const here = ground.workspace.repository.branch;
  const meant = version === undefined ? (open.find(({ branch }) => branch === here) ?? (open.length === 1 ? open[0] : undefined)) : open.find((one) => one.version === version.replace(/^v/, ''));
  if (meant) return meant;
  const names = open.map(({ branch }) => branch).join(', ');
  throw new UserError(`Unexpected ${version === undefined ? `absence of a version with ${open.length === 0 ? 'no release begun' : `several begun (${names})`}` : `version ${JSON.stringify(version)}, which has no branch here${names === '' ? '' : ` (${names} have)`}`}, expected one that was begun`, open.length > 0 && version === undefined ? `${program} release ${open[0]?.version} …` : `${program} release${version === undefined ? '' : ` ${version}`}`, 'release-missing');
}
