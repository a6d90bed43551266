import { resolve } from 'node:path';
import { broughtBy } from '../git/merged-at.ts';
import { shellCommand } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { actionText, verbAction } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { isAncestor, routeOf, standOf, tagAt, tagged, type OpenRelease, type ReleaseGround } from './release-ground.ts';

/** How far a release is that has a branch, and what comes next. */
export function releaseState(ground: ReleaseGround, invocation: Invocation, open: OpenRelease): Outcome {
  const { repository } = ground.workspace;
  const { branch, version, type, commit } = open;
  const { target, backMerge } = routeOf(ground, type);
  const trunk = standOf(ground, target);
  const { tag } = tagAt(ground, version, trunk);
  const brought = broughtBy(repository, trunk, commit, branch);
  const at = tagged(repository, tag);
  const isBack = at !== undefined && (backMerge === undefined || isAncestor(repository, at, standOf(ground, backMerge)));
  const state = !brought ? 'open' : at === undefined ? 'merged' : isBack ? 'finished' : 'tagged';
  const worktree = ground.worktrees.find((one) => one.branch === branch && !one.isMissing)?.path;
  const next = state === 'open' ? reviewAction(ground, invocation, open, target) : state === 'finished' ? pruneAction(invocation, open) : finishAction(invocation, version);
  const words = { open: `not in ${target} yet`, merged: `in ${target}, not tagged yet`, tagged: `tagged ${tag}, not back in ${backMerge} yet`, finished: `over: tagged ${tag}` }[state];
  return {
    exit: 0,
    json: { version, type, branch, tag, commit, worktree: worktree ?? null, state, next_action: next },
    text: () => [`${branch} is ${words}${worktree === undefined ? '' : `; it is checked out in ${worktree}`}`, actionText(next)].join('\n'),
  };
}

/** The gates and the push; once it is pushed, or where there is nowhere to push to, the merge. */
function reviewAction(ground: ReleaseGround, invocation: Invocation, open: OpenRelease, target: string): NextAction {
  const { tips, remote } = ground;
  const isPushed = tips.some((tip) => tip.remote === remote && remote !== undefined && tip.name === open.branch && tip.commit === open.commit);
  if (remote !== undefined && !isPushed) return verbAction(invocation, ['release', open.version, '--push'], { description: `run the gates of ${open.branch}, and push it when they pass`, confirm: true });
  return mergeAction(ground, invocation, open, target);
}

/** People merge it: on the forge, or here where there is none. */
export function mergeAction({ worktrees, remote, program }: Pick<ReleaseGround, 'worktrees' | 'remote' | 'program'>, { cwd }: Pick<Invocation, 'cwd'>, { branch, version }: OpenRelease, target: string): NextAction {
  const onPass = shellCommand([...program.split(' '), 'release', version, '--finish']);
  const facts = { description: `merge ${branch} into ${target}${remote === undefined ? '' : ' through a pull request, and fetch'}, then finish the release`, confirm: true, on_pass: onPass };
  if (remote !== undefined) return { action: 'human:approve', cwd: resolve(cwd), ...facts };
  const path = worktrees.find((one) => one.branch === target && !one.isMissing)?.path;
  const words = ['merge', '--no-ff', '--no-edit', branch];
  const command = path === undefined ? `${shellCommand(['git', 'switch', target])} && ${shellCommand(['git', ...words])}` : shellCommand(['git', '-C', path, ...words]);
  return { command, argv: path === undefined ? ['sh', '-c', command] : ['git', '-C', path, ...words], cwd: resolve(cwd), ...facts };
}

function finishAction(invocation: Invocation, version: string): NextAction {
  return verbAction(invocation, ['release', version, '--finish'], { description: `tag ${version} where it came in, and bring it back` });
}

/** What is left is the branch and its worktree. */
export function pruneAction(invocation: Pick<Invocation, 'program' | 'cwd'>, { branch }: Pick<OpenRelease, 'branch'>): NextAction {
  return verbAction(invocation, ['prune', branch, '--branches'], { description: `the release is over: remove its worktree and its branch` });
}

/** What is pushed after a release: the tag, and the branches that have moved. */
export function pushAction(invocation: Invocation, version: string, refs: readonly string[], commit: Oid): NextAction {
  return verbAction(invocation, ['release', version, '--finish', '--push'], { description: `push ${refs.map((ref) => ref.replace(/^refs\/(?:heads|tags)\//, '')).join(' and ')} (${commit.slice(0, 10)})`, confirm: true });
}
