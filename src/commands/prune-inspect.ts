import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { placeOf } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { belongingsOf, type Belongings } from '../git/belongings.ts';
import { pathExists, readBytes, realFolder } from '../git/files.ts';
import { isWithin, processesInside } from '../git/processes-inside.ts';
import type { PruneFacts, PruneHoldings } from '../workflow/prune-verdict.ts';
import type { Candidate } from './prune-candidates.ts';

/** A node that somebody works on in a work tree, in a record that is not committed. */
export interface UncommittedClaim {
  readonly ticket: string;
  readonly node: string;
  readonly by: string | undefined;
}

export interface Inspected extends Candidate {
  readonly belongings: Belongings | undefined;
  readonly claims: readonly UncommittedClaim[];
}

/** Of a folder that has lost its repository. */
const UNKNOWN: PruneHoldings = { isAsJudged: true, changed: [], own: [], caches: [], repositories: [], operation: undefined, isIndexLocked: false, hasOwnRefs: false, unreadable: 'its .git names no git directory' };
/** So many at once: each starts two git processes. */
const AT_ONCE = 8;

/** The candidates with what their work trees hold just now, and who is in them. */
export async function inspectAll(candidates: readonly Candidate[], keepers: readonly string[], cwd: string, settings: Settings): Promise<Inspected[]> {
  const roots = candidates.flatMap(({ facts: { worktree } }) => (worktree && !worktree.isGone ? [realFolder(worktree.root)] : []));
  const running = roots.length === 0 ? new Map() : processesInside(roots);
  const inspected: Inspected[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < candidates.length; at = next++) inspected[at] = await inspect(candidates[at] as Candidate, keepers, cwd, settings, running);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return inspected;
}

async function inspect(candidate: Candidate, keepers: readonly string[], cwd: string, settings: Settings, running: ReturnType<typeof processesInside>): Promise<Inspected> {
  const { facts, gitDir } = candidate;
  const { worktree } = facts;
  if (!worktree || worktree.isMain || worktree.isGone) return { ...candidate, belongings: undefined, claims: [] };
  if (gitDir === undefined || !pathExists(gitDir)) return { ...candidate, facts: { ...facts, worktree: { ...worktree, holds: UNKNOWN } }, belongings: undefined, claims: [] };
  const folder = realFolder(worktree.root);
  const belongings = await belongingsOf({ root: worktree.root, gitDir }, keepers);
  const isHere = [cwd, process.cwd()].some((one) => isWithin(realFolder(one), folder));
  const known: PruneFacts = { ...facts, worktree: { ...worktree, isHere, processes: running.get(folder) ?? [], holds: holdingsOf(candidate, belongings) } };
  return { ...candidate, facts: known, belongings, claims: claimsIn(worktree.root, [...belongings.changed, ...belongings.own], settings) };
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
