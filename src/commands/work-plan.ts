import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import type { NewWorktree } from '../git/add-worktree.ts';
import { readBytes } from '../git/files.ts';
import { branchTips, type BranchTip } from '../git/branch-tips.ts';
import { moment } from '../git/clock.ts';
import { readObjects } from '../git/objects.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import { branchPattern, branchType, stackPart } from '../workflow/branch-names.ts';
import { asksForVersion, baseRef, nodeBranch, parentKey, placeSlug, plannedBranch, ticketKey, type WorkType } from '../workflow/branch-plan.ts';
import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import { branchesMeant, type BranchChoice } from '../workflow/ticket-branches.ts';
import { goalIn } from './actions.ts';
import { beginning, several, userOf, type Beginning, type Known, type Parent, type WorkWish } from './work-base.ts';
import { trackerTitle } from './work-title.ts';
import { trunkAmong } from './work-refs.ts';
import type { Workspace } from './workspace.ts';
import { worktreePlace } from './worktree-place.ts';

/** A worktree that is there, or one that is to be made. */
export type WorkPlan =
  | { readonly kind: 'resume'; readonly path: string; readonly branch: string | undefined }
  | { readonly kind: 'make'; readonly worktree: NewWorktree; /** What it stands on. */ readonly parent: Parent | undefined; readonly title: string | undefined; readonly note?: string | undefined; /** The branch that a new one begins at. */ readonly from?: string; readonly isGoverned: boolean; /** All that there are. */ readonly worktrees: readonly Worktree[]; /** Its folder was deleted without git. */ readonly missing: Worktree | undefined };

/** Whether there is a worktree to go on in, a branch to check out, or both to be made. Throws a UserError where several branches could be meant. */
export async function planWork(workspace: Workspace, asked: WorkWish): Promise<WorkPlan> {
  const { repository, settings } = workspace;
  const refs = branchTips(repository);
  const worktrees = listWorktrees(repository);
  const current = worktrees.find(({ path }) => path === repository.root)?.branch ?? repository.branch;
  const wish = asked.isStacked ? nextPart(asked, current, workspace) : asked;
  const choice: BranchChoice = { ticket: wish.ticket, known: wish.known, part: wish.part, node: wish.node, recorded: recordedBranches(workspace, wish.ticket) };
  const known: Known = { ...refs, workspace, wish, worktrees, current, choice, trunk: trunkAmong(refs, settings.trunk, current) };
  return wish.branch === undefined ? planUnnamed(known) : planNamed(known, wish.branch);
}

/** One more part on top of the ticket's branch that is checked out. */
function nextPart(wish: WorkWish, current: string | undefined, { settings }: Workspace): WorkWish {
  const isSame = current !== undefined && ticketOfBranch(current, [wish.ticket, ...wish.known])?.toLowerCase() === wish.ticket.toLowerCase();
  return isSame && wish.part === undefined ? { ...wish, part: (stackPart(current, settings) ?? 1) + 1 } : wish;
}

/** Branches whose names do not say their ticket: of flow `contrib` those of releases and hotfixes. */
function recordedBranches({ repository, settings }: Workspace, ticket: string): string[] {
  const isSilent = (['feature', 'release', 'hotfix'] as const).some((type) => /\{(?:id|slug)\}/.test(branchPattern(type, settings) ?? '{slug}') === false);
  if (!isSilent) return [];
  const answer = repository.tryGit(['config', '--local', '-z', '--get-regexp', '^branch\\..*\\.treework-ticket$']);
  const entries = answer.stdout.toString().split('\0').map((entry) => entry.split('\n') as [string, string]);
  return entries.filter(([, value]) => value?.toLowerCase() === ticket.toLowerCase()).map(([key]) => key.slice('branch.'.length, -'.treework-ticket'.length));
}

async function planUnnamed(known: Known): Promise<WorkPlan> {
  const { workspace: { settings }, worktrees, tips, choice, wish, trunk, current } = known;
  const isOfType = ({ name }: { readonly name: string }) => wish.type === undefined || branchPattern(wish.type, settings) === undefined || branchType(name, settings, trunk, wish.ticket) === wish.type || stackPart(name, settings) !== undefined;
  const standing = worktrees.flatMap((worktree) => (worktree.isBare || worktree.isMissing || worktree.branch === undefined ? [] : [{ ...worktree, name: worktree.branch, remote: undefined }]));
  const open = branchesMeant(standing, choice, settings).filter(isOfType);
  const here = open.find(({ path, name }) => path === known.workspace.repository.root && name === current);
  if (here && !wish.isStacked) return { kind: 'resume', path: here.path, branch: here.name };
  const candidates = branchesMeant(tips, choice, settings).filter(isOfType);
  const [tree, ...others] = open;
  if (others.length === 0 && tree) return { kind: 'resume', path: tree.path, branch: tree.name };
  if (candidates.length > 1) throw several(candidates, known);
  const [candidate] = candidates;
  return candidate ? checkOut(known, candidate) : createNew(known);
}

async function planNamed(known: Known, given: string): Promise<WorkPlan> {
  const { tips, worktrees, wish } = known;
  const branch = given.replace(/^refs\/(?:heads|remotes)\//, '');
  const tree = worktrees.find((worktree) => worktree.branch === branch && !worktree.isMissing);
  if (tree) return { kind: 'resume', path: tree.path, branch };
  const found = tips.filter(({ name, remote }) => name === branch || (remote !== undefined && `${remote}/${name}` === branch));
  const local = found.find(({ remote }) => remote === undefined);
  if (local || found.length === 1) return checkOut(known, local ?? (found[0] as BranchTip));
  if (found.length > 1) throw several(found, known);
  const ticket = ticketOfBranch(branch, [wish.ticket, ...wish.known]);
  if (ticket?.toLowerCase() !== wish.ticket.toLowerCase()) {
    const close = nearest(branch, tips.map(({ name }) => name));
    throw new UserError(`Unexpected branch ${JSON.stringify(branch)}, expected one that is there, or a new name that says ${wish.ticket}`, close === undefined ? `--branch ${wish.ticket}--SLUG` : `--branch ${close}`, 'branch-unknown');
  }
  return create(known, beginning(known), { branch, title: wish.title });
}

/** A branch that is there, here or at a remote, gets its worktree. */
function checkOut(known: Known, { name, remote, commit }: BranchTip): WorkPlan {
  const { workspace, wish, worktrees } = known;
  const worktree = {
    path: worktreePlace(workspace, worktrees, wish.ticket, name),
    branch: name,
    base: commit,
    ...(remote === undefined ? { isThere: true } : { upstream: { remote, name } }),
  };
  return { kind: 'make', worktree, parent: undefined, title: wish.title, isGoverned: true, worktrees, missing: worktrees.find(({ branch, isMissing }) => isMissing && branch === name) };
}

/** What is finished does not begin again. */
function refuseArchived({ workspace: { repository, settings }, wish }: Known, { commit }: Beginning): void {
  const folder = archivedFolder(settings, wish.ticket);
  if (readObjects([`${commit}:${folder}`], repository.options)[0] === undefined) return;
  throw new UserError(`Unexpected ticket ${wish.ticket}, expected one that is open: it is archived in ${folder}`, 'an archived ticket does not change; begin a new one', 'ticket-archived');
}

interface NewName {
  readonly branch: string;
  readonly title: string | undefined;
  readonly note?: string | undefined;
}

async function createNew(known: Known): Promise<WorkPlan> {
  const begin = beginning(known);
  refuseArchived(known, begin);
  return create(known, begin, await newName(known, begin));
}

async function newName(known: Known, begin: Beginning): Promise<NewName> {
  const { workspace, wish } = known;
  if (wish.node !== undefined) return { branch: nodeBranch(wish.ticket, wish.node), title: wish.title };
  const own = wish.title ?? ownTitle(known, begin);
  const tracked = own === undefined ? await trackerTitle(workspace, wish.ticket, wish.program) : {};
  const title = own ?? tracked.title ?? titleBelow(known, begin);
  const user = userOf(known);
  const type = wish.type ?? 'feature';
  const version = wish.version ?? (await commitsVersion(known, begin, type));
  return { branch: plannedBranch(workspace.settings, { ...wish, title, type, user, version, now: moment() }), title, note: tracked.note };
}

/** The version that the commits say, as `release` takes it, where the branch is called by one; undefined where it is not. */
async function commitsVersion({ workspace: { repository, settings }, wish: { ticket, program } }: Known, { commit }: Beginning, type: WorkType): Promise<string | undefined> {
  if (type === 'feature' || !asksForVersion(settings, type)) return undefined;
  const [{ versionFacts }, { versionOfRelease }] = await Promise.all([import('./version-facts.ts'), import('../workflow/release-plan.ts')]);
  const { answer, release } = versionFacts(repository, commit);
  try {
    return versionOfRelease(undefined, answer.next, release, type);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Unexpected absence of a version for the ${type} of ${ticket}, expected one: its branch is called by it, and the commits ask for none`, `${program} work ${ticket} --type ${type} --version 1.4.0`, 'version-missing');
  }
}

/** One more part of a ticket is called as the one below it. */
function titleBelow({ wish }: Known, { parent }: Beginning): string | undefined {
  return parent?.ticket?.toLowerCase() === wish.ticket.toLowerCase() ? placeSlug(parent.branch, wish.ticket).replace(/^p\d+-/, '') : undefined;
}

/** What the ticket's spec or idea is called, where the branch begins or in this work tree. */
function ownTitle({ workspace: { repository, settings }, wish }: Known, { commit }: Beginning): string | undefined {
  const folder = ticketFolder(settings, wish.ticket);
  const names = ['spec.md', 'tasks.md', 'idea.md'];
  const objects = readObjects(names.map((name) => `${commit}:${folder}/${name}`), repository.options);
  const committed = objects.map((object) => (object?.type === 'blob' ? object.content : undefined));
  const written = names.map((name) => readBytes(join(repository.workRoot, folder, name)));
  for (const bytes of [...committed, ...written]) {
    const title = bytes && goalIn(parseDocument(bytes).data ?? {})?.title.trim();
    if (title) return title;
  }
  return undefined;
}

function create({ workspace, wish, worktrees }: Known, { commit, from, parent, isGoverned }: Beginning, { branch, title, note }: NewName): WorkPlan {
  const saysTicket = ticketOfBranch(branch, [wish.ticket, ...wish.known])?.toLowerCase() === wish.ticket.toLowerCase();
  const isOther = parent !== undefined && (wish.node !== undefined || parent.ticket?.toLowerCase() !== wish.ticket.toLowerCase() || stackPart(parent.branch, workspace.settings) === undefined);
  const settings = { ...(isOther && { [parentKey(branch)]: parent.branch }), ...(!saysTicket && { [ticketKey(branch)]: wish.ticket }) };
  const path = worktreePlace(workspace, worktrees, wish.ticket, branch);
  return { kind: 'make', worktree: { path, branch, base: commit, baseRef: baseRef(branch), ...(Object.keys(settings).length > 0 && { settings }) }, parent, title, note, from, isGoverned, worktrees, missing: undefined };
}
