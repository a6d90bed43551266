import { UserError } from '../error.ts';
import { addedBy, broughtBy } from '../git/merged-at.ts';
import { mergeCommits } from '../git/merge-commits.ts';
import { catchUp, follow, followersOf, moveRefs } from '../git/move-refs.ts';
import { beginOperation, isRunning, openOperations, resumeOperation } from '../git/operation.ts';
import type { Repository } from '../git/repository.ts';
import { shellCommand } from '../render/shell.ts';
import type { Oid } from '../tree/tree.ts';
import { actionText } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { isAncestor, openReleases, pageOf, routeOf, standOf, tagAt, tagged, type OpenRelease, type ReleaseGround } from './release-ground.ts';
import { mergeAction, pruneAction, pushAction } from './release-state.ts';

/** A release that is in the trunk, and where it came in. */
interface Landed {
  readonly version: string;
  readonly tag: string;
  readonly commit: Oid;
  readonly open: OpenRelease | undefined;
  readonly target: string;
  readonly backMerge: string | undefined;
}

/**
 * Tags the commit of the trunk that brought the release, and merges that back to what gathers for the
 * next one, where the flow has it. Each step that is done already is passed by; a tag is never moved,
 * and in a conflict nobody's side is picked.
 */
export async function finishRelease(ground: ReleaseGround, invocation: Invocation): Promise<Outcome> {
  const { workspace: { repository } } = ground;
  if (invocation.values['dry-run'] !== true) settle(repository);
  const landed = landedRelease(ground, invocation);
  if ('notMerged' in landed) {
    const { open, target } = landed.notMerged;
    const next = mergeAction(ground, invocation, open, target);
    const why = `${open.branch} has commits that ${target} does not have; nothing was tagged`;
    return { exit: 1, json: { version: open.version, refused: why, next_action: next }, text: () => `${why}\n${actionText(next)}` };
  }
  const { version, tag, commit, backMerge } = landed;
  const plan = backMerge === undefined ? undefined : backMergeOf(ground, landed, backMerge);
  if (invocation.values['dry-run'] === true) {
    const back = plan === undefined ? '' : plan.state === 'done' ? `; ${backMerge} has it` : plan.state === 'conflict' ? `; it does not merge back to ${backMerge} cleanly` : `; it would be merged back to ${backMerge}`;
    return { exit: 0, json: { dry_run: true, version, tag, commit, back_merge: plan?.state ?? null }, text: `would tag ${commit.slice(0, 10)} as ${tag}${back}` };
  }
  const isNew = makeTag(repository, landed);
  if (plan?.state === 'conflict') return conflicting(landed, plan.conflicts, invocation, backMerge as string);
  if (plan?.state === 'open') moveBack(ground, landed, plan, backMerge as string);
  return finished(ground, invocation, landed, { isNew, isMoved: plan?.state === 'open' });
}

/** What a killed call was at: work trees go where their branches are. */
function settle(repository: Repository): void {
  for (const record of openOperations(repository)) {
    if (record.verb !== 'release-finish' || isRunning(record)) continue;
    const operation = resumeOperation(repository, record);
    catchUp(repository, record.followers ?? []);
    operation.finish();
  }
}

/** The release that is named, else the one branch, else the one page of the trunk that no tag marks yet. */
function landedRelease(ground: ReleaseGround, { positionals: [asked], program }: Invocation): Landed | { readonly notMerged: { readonly open: OpenRelease; readonly target: string } } {
  const { repository } = ground.workspace;
  const releases = openReleases(ground);
  const wanted = asked?.replace(/^v/, '');
  const untagged = releases.filter((one) => tagged(repository, tagAt(ground, one.version, standOf(ground, routeOf(ground, one.type).target)).tag) === undefined);
  const open = wanted === undefined ? (releases.find(({ branch }) => branch === repository.branch) ?? (untagged.length === 1 ? untagged[0] : releases.length === 1 ? releases[0] : undefined)) : releases.find(({ version }) => version === wanted);
  const version = wanted ?? open?.version;
  if (version === undefined) throw new UserError(`Unexpected absence of a version with ${releases.length} releases that have a branch, expected one`, `${program} release ${releases[0]?.version ?? '1.4.0'} --finish`, 'release-missing');
  const { target, backMerge } = routeOf(ground, open?.type ?? 'release');
  const trunk = standOf(ground, target);
  const brought = open && broughtBy(repository, trunk, open.commit, open.branch);
  if (open && !brought) return { notMerged: { open, target } };
  const commit = brought?.at ?? addedBy(repository, trunk, pageOf(ground, version));
  if (commit === undefined) throw new UserError(`Unexpected version ${JSON.stringify(version)}, expected one that ${target} has the page of (${pageOf(ground, version)})`, `git fetch, or ${program} release ${version}`, 'release-missing');
  return { version, tag: tagAt(ground, version, trunk).tag, commit, open, target, backMerge };
}

/** Whether the tag is new. Throws a UserError where it stands for another commit. */
function makeTag(repository: Repository, { tag, commit, version }: Landed): boolean {
  const there = tagged(repository, tag);
  if (there === commit) return false;
  if (there !== undefined) throw new UserError(`Unexpected tag ${tag} at ${there.slice(0, 10)}, expected it at ${commit.slice(0, 10)}, which brought the release: a tag is not moved`, `git show ${tag}; whoever made it by mistake: git tag -d ${tag}, and at the remote, if nobody has fetched it`, 'tag-elsewhere');
  const { status, stderr } = repository.tryGit(['tag', '-a', '-m', `Release ${version}`, '--', tag, commit], { asUser: true });
  if (status !== 0) throw new UserError(`Unexpected refusal of the tag ${tag}: ${stderr.trim().split('\n').at(-1) ?? ''}`, 'see what git says', 'tag');
  return true;
}

type BackMerge = { readonly state: 'done' } | { readonly state: 'conflict'; readonly conflicts: readonly string[] } | { readonly state: 'open'; readonly before: Oid | null; readonly after: Oid };

/** The commit that brings it back, in no branch yet. */
function backMergeOf(ground: ReleaseGround, { commit, tag }: Landed, name: string): BackMerge {
  const { workspace: { repository }, tips } = ground;
  const develop = standOf(ground, name);
  if (isAncestor(repository, commit, develop)) return { state: 'done' };
  const before = tips.find((tip) => tip.name === name && tip.remote === undefined)?.commit ?? null;
  if (isAncestor(repository, develop, commit)) return { state: 'open', before, after: commit };
  const joined = mergeCommits(repository, { base: develop, head: commit }, `Merge ${tag} back to ${name}`);
  return joined.conflicts ? { state: 'conflict', conflicts: joined.conflicts } : { state: 'open', before, after: joined.commit };
}

function moveBack({ workspace: { repository } }: ReleaseGround, { version }: Landed, { before, after }: Extract<BackMerge, { readonly state: 'open' }>, name: string): void {
  const move = { ref: `refs/heads/${name}`, before, after };
  const followers = followersOf(repository, [move]);
  const operation = beginOperation(repository, { verb: 'release-finish', resume: ['release', version, '--finish'], refs: [move], followers, worktrees: [] });
  try {
    moveRefs(repository, [move], `treework release ${version} --finish`);
  } catch (error) {
    operation.finish();
    throw error;
  }
  for (const follower of followers) follow(follower);
  operation.finish();
}

function conflicting({ version, tag, commit }: Landed, conflicts: readonly string[], { program, cwd }: Invocation, name: string): Outcome {
  const command = `${shellCommand(['git', 'switch', name])} && ${shellCommand(['git', 'merge', '--no-ff', tag])}`;
  const next: NextAction = { action: 'agent:do', description: `merge ${tag} into ${name} by hand and resolve ${conflicts.join(', ')}, then the same again`, command, argv: ['sh', '-c', command], cwd, on_pass: shellCommand([...program.split(' '), 'release', version, '--finish']) };
  const why = `${tag} does not merge back to ${name} cleanly: ${conflicts.join(', ')}; ${name} was left as it is`;
  return { exit: 1, json: { version, tag, commit, tagged: true, back_merge: 'conflict', conflicts, refused: why, next_action: next }, text: () => `${tag} is at ${commit.slice(0, 10)}\n${why}\n${actionText(next)}` };
}

function finished(ground: ReleaseGround, invocation: Invocation, { version, tag, commit, open, target, backMerge }: Landed, { isNew, isMoved }: { readonly isNew: boolean; readonly isMoved: boolean }): Outcome {
  const { remote, workspace: { repository } } = ground;
  const refs = [`refs/tags/${tag}`, ...[target, ...(backMerge === undefined ? [] : [backMerge])].map((name) => `refs/heads/${name}`).filter((ref) => lacks(repository, ref, remote, commit))];
  const json = { version, tag, commit, tagged: isNew, back_merge: backMerge === undefined ? null : isMoved ? 'merged' : 'done' };
  const lines = [`${tag} ${isNew ? 'marks' : 'is at'} ${commit.slice(0, 10)}, which brought the release to ${target}`, ...(backMerge === undefined ? [] : [isMoved ? `it is merged back to ${backMerge}` : `${backMerge} has it`])];
  const after = open?.isLocal === true ? pruneAction(invocation, open) : undefined;
  if (remote === undefined || invocation.values.push !== true) {
    const next = remote === undefined ? after : pushAction(invocation, version, refs, commit);
    return { exit: 0, json: { ...json, pushed: false, ...(next && { next_action: next }) }, text: () => [...lines, ...(next ? [actionText(next)] : [])].join('\n') };
  }
  const { status, stderr } = repository.tryGit(['push', '-q', '--atomic', remote, ...refs], { asUser: true });
  if (status !== 0) return { exit: 1, json: { ...json, pushed: false, refused: 'the push was refused', said: stderr.trim() }, text: () => [...lines, stderr.trim(), 'nothing was pushed'].join('\n') };
  return { exit: 0, json: { ...json, pushed: true, ...(after && { next_action: after }) }, text: () => [...lines, `pushed to ${remote}: ${refs.join(' ')}`, ...(after ? [actionText(after)] : [])].join('\n') };
}

/** Whether the remote's branch lacks the release that the one here has. */
function lacks(repository: Repository, ref: string, remote: string | undefined, commit: Oid): boolean {
  const here = repository.commit(ref);
  const there = repository.commit(ref.replace('refs/heads/', `refs/remotes/${remote}/`));
  return here !== undefined && isAncestor(repository, commit, here) && (there === undefined || !isAncestor(repository, commit, there));
}
