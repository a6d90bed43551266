import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { placeOf } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { belongingsOf, type Belongings } from '../git/belongings.ts';
import { namesIn, pathExists, readBytes, realFolder } from '../git/files.ts';
import { openModules } from '../git/modules.ts';
import { isWithin, processesInside } from '../git/processes-inside.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { listWorktrees } from '../git/worktrees.ts';
import type { PruneFacts, PruneHoldings } from '../workflow/prune-verdict.ts';
import { pruneCandidates, type Candidate } from './prune-candidates.ts';
import type { Workspace } from './workspace.ts';

/** A node that somebody works on in a work tree, in a record that is not committed. */
export interface UncommittedClaim {
  readonly ticket: string;
  readonly node: string;
  readonly by: string | undefined;
}

export interface Inspected extends Candidate {
  readonly belongings: Belongings | undefined;
  readonly claims: readonly UncommittedClaim[];
  /** Work trees of modules inside. */
  readonly modules: readonly InspectedModule[];
}

/** A module's work tree in that of a ticket. */
export interface InspectedModule {
  readonly name: string;
  /** From the ticket's work tree. */
  readonly folder: string;
  readonly workspace: Workspace;
  readonly keepers: readonly string[];
  readonly candidate: Inspected;
}

/** Of a folder that has lost its repository. */
const UNKNOWN: PruneHoldings = { isAsJudged: true, changed: [], own: [], caches: [], repositories: [], operation: undefined, isIndexLocked: false, hasOwnRefs: false, unreadable: 'its .git names no git directory' };
/** So many at once: each starts two git processes. */
const AT_ONCE = 8;

/** The candidates with what their work trees hold just now, and who is in them. */
export async function inspectAll(candidates: readonly Candidate[], keepers: readonly string[], cwd: string, workspace: Workspace): Promise<Inspected[]> {
  const roots = candidates.flatMap(({ facts: { worktree } }) => (worktree && !worktree.isGone ? [realFolder(worktree.root)] : []));
  const running = roots.length === 0 ? new Map() : processesInside(roots);
  const inspected: Inspected[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < candidates.length; at = next++) inspected[at] = await inspect(candidates[at] as Candidate, keepers, cwd, workspace, running);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return inspected;
}

async function inspect(candidate: Candidate, keepers: readonly string[], cwd: string, workspace: Workspace, running: ReturnType<typeof processesInside>): Promise<Inspected> {
  const { facts, gitDir } = candidate;
  const { worktree } = facts;
  if (!worktree || worktree.isMain || worktree.isGone) return { ...candidate, belongings: undefined, claims: [], modules: [] };
  if (gitDir === undefined || !pathExists(gitDir)) return { ...candidate, facts: { ...facts, worktree: { ...worktree, holds: UNKNOWN } }, belongings: undefined, claims: [], modules: [] };
  const folder = realFolder(worktree.root);
  const belongings = await belongingsOf({ root: worktree.root, gitDir }, keepers);
  const isHere = [cwd, process.cwd()].some((one) => isWithin(realFolder(one), folder));
  const modules = await inspectModules(worktree.root, workspace, cwd);
  const holds = holdingsOf(candidate, belongings);
  const repositories = holds.repositories.filter((path) => !holdsOnly(worktree.root, path.replace(/\/$/, ''), modules.map((one) => one.folder)));
  const known: PruneFacts = { ...facts, worktree: { ...worktree, isHere, processes: running.get(folder) ?? [], holds: { ...holds, repositories }, modules: modules.map(({ name, candidate: { facts: of } }) => ({ name, facts: of })) } };
  return { ...candidate, facts: known, belongings, modules, claims: claimsIn(worktree.root, [...belongings.changed, ...belongings.own], workspace.settings) };
}

/** Linked work trees of modules below a ticket's root, whose own repositories are elsewhere; a module's trunk is its own. */
async function inspectModules(root: string, { repository, settings }: Workspace, cwd: string): Promise<InspectedModule[]> {
  const there = [...settings.modules].filter(([, folder]) => pathExists(join(root, folder, '.git')));
  const found: InspectedModule[] = [];
  for (const { name, folder, repository: module } of openModules(repository, new Map(there))) {
    if (!module || isWithin(module.workRoot, realFolder(root))) continue;
    const own: Settings = { ...settings, modules: new Map(), branches: new Map(), flow: 'trunk', trunk: trunkBranch(module, undefined) };
    const workspace = { repository: module, settings: own };
    const place = join(realFolder(root), folder);
    const branch = listWorktrees(module).find(({ path }) => path === place)?.branch;
    const { all: [candidate], keepers } = await pruneCandidates(workspace, { wanted: (one) => one === branch });
    const [inspected] = candidate ? await inspectAll([candidate], keepers, cwd, workspace) : [];
    if (inspected) found.push({ name, folder, workspace, keepers, candidate: inspected });
  }
  return found;
}

/** Whether a folder is one of these, or leads to some of them and to nothing else. */
function holdsOnly(root: string, path: string, folders: readonly string[]): boolean {
  if (folders.includes(path)) return true;
  return folders.some((folder) => folder.startsWith(`${path}/`)) && namesIn(join(root, path)).every((name) => holdsOnly(root, `${path}/${name}`, folders));
}

/** What a work tree holds, wherever it is just now, as the verdict asks for it. */
export function holdingsOf({ facts, commit }: Pick<Candidate, 'facts' | 'commit'>, belongings: Belongings): PruneHoldings {
  return { ...belongings, isAsJudged: belongings.branch === facts.branch && belongings.commit === commit };
}

function claimsIn(root: string, paths: readonly string[], settings: Settings): UncommittedClaim[] {
  return paths.flatMap((path) => {
    const place = placeOf(settings, path);
    const bytes = place?.kind === 'node' ? readBytes(join(root, path)) : undefined;
    const data = bytes && parseDocument(bytes).data;
    if (data?.status !== 'in_progress' || place?.ticket === undefined) return [];
    const last: unknown = Array.isArray(data.history) ? data.history.at(-1) : undefined;
    const by = typeof last === 'object' && last !== null ? (last as Record<string, unknown>).by : undefined;
    return [{ ticket: place.ticket, node: String(data.node ?? place.name), by: typeof by === 'string' ? by : undefined }];
  });
}
