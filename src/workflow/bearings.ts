import type { Settings } from '../documents/settings.ts';
import { branchType, stackPart, type BranchType } from './branch-names.ts';
import { ticketCandidates, ticketOfBranch, type TicketCandidate, type TicketClues } from './infer-ticket.ts';

/** Where one stands in a repository; see `whereabouts` of git. */
export interface Ground {
  readonly repository: string;
  readonly root: string;
  readonly isLinked: boolean;
  readonly folder: string;
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  readonly operation: string | undefined;
}

/** Which ticket is meant: one; or several that contradict each other; or none, and what is open. */
export type TicketBearing =
  | { readonly id: string; readonly from: TicketCandidate['from'] }
  | { readonly id: undefined; readonly candidates: readonly TicketCandidate[]; readonly open: readonly string[] };

/** Where one stands: repository, work tree, branch, ticket. How far the ticket has come says `phaseOf`. */
export interface Bearings {
  readonly repository: string;
  readonly worktree: { readonly kind: 'main' | 'linked'; readonly root: string };
  /** From the work tree's root; '' at the root. */
  readonly folder: string;
  readonly branch: string | undefined;
  /** Of a detached HEAD: its commit. */
  readonly commit: string | undefined;
  /** What git is in the middle of. */
  readonly operation: string | undefined;
  readonly type: BranchType;
  /** Which part of a stack the branch is. */
  readonly part: number | undefined;
  readonly ticket: TicketBearing;
}

/** Pure: what git, the names of the ticket folders and WORKSPACE.md say. */
export function bearingsOf(ground: Ground, clues: TicketClues, settings: Pick<Settings, 'branches' | 'flow' | 'ticketPattern'>, trunk: string | undefined): Bearings {
  const { repository, root, isLinked, folder, branch, commit, operation } = ground;
  const candidates = ticketCandidates(clues);
  const [only] = candidates;
  return {
    repository,
    worktree: { kind: isLinked ? 'linked' : 'main', root },
    folder,
    branch,
    commit,
    operation,
    type: branchType(branch, settings, trunk, branch === undefined ? undefined : ticketOfBranch(branch, clues.known)),
    part: branch === undefined ? undefined : stackPart(branch, settings),
    ticket: only && candidates.length === 1 ? only : { id: undefined, candidates, open: clues.open },
  };
}
