import { check } from '../check/engine.ts';
import { setValue } from '../documents/edit.ts';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { VERSION_FILES, versionEdits } from '../documents/version-edit.ts';
import { UserError } from '../error.ts';
import { now } from '../git/clock.ts';
import { commitEdits } from '../git/commit-edits.ts';
import { withLock } from '../git/lock.ts';
import { parseTreeObject, readObjects } from '../git/objects.ts';
import { textsIn } from '../git/releases.ts';
import { releasePage, withSection } from '../render/release.ts';
import { rules } from '../rules/index.generated.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Oid } from '../tree/tree.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import { releaseBranch, tagOf, versionOfRelease, type ReleaseType } from '../workflow/release-plan.ts';
import { releaseNotes, type ReleaseNotes } from '../workflow/release-notes.ts';
import { refuse } from './answer.ts';
import { actionText } from './actions.ts';
import type { Invocation, Outcome } from './command.ts';
import { makeWorktree, mendInterrupted } from './make-worktree.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { isAncestor, openReleases, pageOf, routeOf, standOf, tagged, type ReleaseGround } from './release-ground.ts';
import { releaseState } from './release-state.ts';
import { versionFacts } from './version-facts.ts';
import { workspaceAt } from './workspace.ts';
import { worktreePlace } from './worktree-place.ts';

const CHANGELOG = 'CHANGELOG.md';

/** What is about to be made. */
interface Plan {
  readonly type: ReleaseType;
  readonly version: string;
  readonly tag: string;
  readonly branch: string;
  readonly path: string;
  readonly base: Oid;
  readonly baseName: string;
  readonly edits: readonly Edit[];
}

/**
 * Makes the branch of a release, with its notes and its version in one commit, and a worktree for it;
 * where it is there already, says how far it is. Nothing is made before everything was judged, and a
 * failure half-way takes everything back.
 */
export async function beginRelease(ground: ReleaseGround, invocation: Invocation): Promise<Outcome> {
  const { workspace, program } = ground;
  const { repository } = workspace;
  const type: ReleaseType = invocation.values.hotfix === true ? 'hotfix' : 'release';
  if (invocation.values['dry-run'] !== true) withLock(repository.statePath('worktrees.lock'), () => mendInterrupted(repository));
  const known = begun(ground, invocation, type);
  if (known) return releaseState(ground, invocation, known);
  const plan = planOf(ground, invocation, type);
  const before = repository.tree(repository.treeOf(plan.base).id);
  const after = new OverlayTree(before, plan.edits);
  const findings = check({ before: [before], after }, { rules, scope: 'changed', program }).findings.filter(({ severity }) => severity === 'error');
  if (findings.length > 0) return refuse(after, findings, invocation, `the notes of ${plan.version} do not pass; nothing was made`);
  if (invocation.values['dry-run'] === true) return rehearsed(plan);
  withLock(repository.statePath('worktrees.lock'), () => make(ground, plan));
  const there = workspaceAt(plan.path, program);
  const prepared = there ? await prepareWorktree(there, invocation) : { steps: [], isReady: true };
  const fresh = openReleases({ ...ground, tips: [{ name: plan.branch, remote: undefined, ref: `refs/heads/${plan.branch}`, commit: repository.commit(`refs/heads/${plan.branch}`) as Oid }] })[0];
  const state = releaseState({ ...ground, worktrees: [...ground.worktrees, { path: plan.path, commit: undefined, branch: plan.branch, isBare: false, isMissing: false, lock: undefined }] }, invocation, fresh as NonNullable<typeof fresh>);
  const done = [`${plan.branch} is checked out in ${plan.path}`, ...plan.edits.map(({ path }) => `  ${path}`), ...(prepared.isReady ? [] : ['  not all of after_create is done: run it there yourself, or give --yes'])];
  const next = state.json.next_action;
  return { exit: 0, json: { ...state.json, state: 'begun', base: plan.baseName, files: plan.edits.map(({ path }) => path), prepared: prepared.steps }, text: () => [...done, ...(next ? [actionText(next)] : [])].join('\n') };
}

/** The release that is meant, where it has a branch. Throws a UserError where another one is not over yet. */
function begun(ground: ReleaseGround, { positionals: [version], program }: Invocation, type: ReleaseType): ReturnType<typeof openReleases>[number] | undefined {
  const { repository } = ground.workspace;
  const own = openReleases(ground).filter((one) => one.type === type);
  const named = version === undefined ? undefined : own.find((one) => one.version === version.replace(/^v/, ''));
  if (named) return named;
  const trunk = standOf(ground, routeOf(ground, type).target);
  const unmerged = own.filter(({ commit, version: of }) => !isAncestor(repository, commit, trunk) && tagged(repository, tagOf(of, undefined)) === undefined);
  const [open] = unmerged;
  if (open && version !== undefined) throw new UserError(`Unexpected ${type} ${version} beside ${open.branch}, which is not over yet, expected one at a time`, `${program} release ${open.version} --finish after its merge, or ${program} release ${open.version} --abort`, 'release-open');
  return open;
}

function planOf(ground: ReleaseGround, invocation: Invocation, type: ReleaseType): Plan {
  const { workspace, worktrees, program } = ground;
  const { repository, settings } = workspace;
  const { base: baseName } = routeOf(ground, type);
  const base = standOf(ground, baseName);
  const { answer, release, commits } = versionFacts(repository, base);
  const version = versionOfRelease(invocation.positionals[0], answer.next, release, type);
  const tag = tagOf(version, release);
  const elsewhere = tagged(repository, tag);
  if (elsewhere !== undefined) throw new UserError(`Unexpected tag ${tag}, which is at ${elsewhere.slice(0, 10)} and not in ${baseName}, expected none of that name`, `${program} release ${version} --finish brings it back to ${baseName}; or name another version`, 'tag-exists');
  const branch = releaseBranch(settings, type, version);
  const path = worktreePlace(workspace, worktrees, type, `${type}--${version}`);
  const [workspaceText] = textsIn(repository, base, [WORKSPACE_PATH]);
  if (workspaceText === undefined) throw new UserError(`Unexpected ${baseName} without ${WORKSPACE_PATH}, expected it to be governed`, `git add ${WORKSPACE_PATH} && git commit, and bring that to ${baseName}`, 'not-governed');
  const facts = { version, tag, day: now().slice(0, 10), notes: releaseNotes(commits, ticketsSince(ground, base, release?.tag)) };
  const edits: Edit[] = [
    { path: pageOf(ground, version), content: releasePage(facts), expect: 'absent' },
    ...changed(CHANGELOG, textsIn(repository, base, [CHANGELOG])[0], (text) => withSection(text, facts)),
    ...versions(ground, base, version),
    ...(settings.kinds.some(({ name }) => name === 'release') ? [] : [{ path: WORKSPACE_PATH, content: setValue(workspaceText, ['kinds', 'release'], {}) }]),
  ];
  return { type, version, tag, branch, path, base, baseName, edits };
}

function changed(path: string, before: string | undefined, edit: (text: string | undefined) => string): Edit[] {
  const content = edit(before);
  return content === before ? [] : [{ path, content }];
}

function versions({ workspace: { repository } }: ReleaseGround, base: Oid, version: string): Edit[] {
  const texts = textsIn(repository, base, VERSION_FILES);
  const files = new Map(VERSION_FILES.flatMap((path, at) => (texts[at] === undefined ? [] : [[path, texts[at]] as const])));
  return [...versionEdits(files, version)].map(([path, content]) => {
    if (content !== undefined) return { path, content };
    throw new UserError(`Unexpected ${path}, expected one in which the version can be changed and nothing else`, `write version ${version} into ${path} yourself, commit that, and run the same again`, 'manifest');
  });
}

/** Tickets that are archived now and were not at the last release. */
function ticketsSince({ workspace: { repository, settings } }: ReleaseGround, base: Oid, tag: string | undefined): ReleaseNotes['tickets'] {
  const { archived } = settings.layout;
  const [now, then] = readObjects([`${base}:${archived}`, ...(tag === undefined ? [] : [`refs/tags/${tag}:${archived}`])], repository.options).map((object) => (object?.type === 'tree' ? parseTreeObject(object.content, '', object.oid.length / 2).filter(({ type }) => type === 'directory').map(({ path }) => path) : []));
  const ids = (now ?? []).filter((id) => settings.ticketPattern.test(id) && !(then ?? []).includes(id));
  const specs = textsIn(repository, base, ids.map((id) => `${archivedFolder(settings, id)}/spec.md`));
  return ids.map((id, at) => {
    const title = specs[at] === undefined ? undefined : parseDocument(Buffer.from(specs[at])).data?.title;
    return { id, title: typeof title === 'string' ? title : undefined };
  });
}

function rehearsed({ edits, branch, path, version, tag, baseName }: Plan): Outcome {
  const shown = edits.map((edit) => ({ path: edit.path, content: edit.content?.toString() ?? null }));
  const text = () => [`would make ${branch} from ${baseName}, checked out in ${path}, with`, ...shown.map(({ path: one }) => `  ${one}`), `and after its merge the tag ${tag}`].join('\n');
  return { exit: 0, json: { dry_run: true, version, tag, branch, base: baseName, worktree: path, edits: shown }, text };
}

/** The commit first, where nobody sees it; then branch and worktree, or none of them. */
function make({ workspace }: ReleaseGround, { branch, path, base, version, edits }: Plan): void {
  const { repository } = workspace;
  const commit = commitEdits(repository, base, edits, `chore(release): ${version}`);
  const kept = () => void repository.git(['update-ref', baseRef(branch), base]);
  makeWorktree(workspace, { path, branch, base: commit }, { verb: 'release', ticket: `release-${version}`, resume: ['release', version], also: kept });
}
