import type { Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { branchPattern, developBranch, withoutStamp } from './branch-names.ts';
import { slugOf } from './record-name.ts';

/** What a ticket's branch is made for. */
export type WorkType = 'feature' | 'release' | 'hotfix';

type Flow = Pick<Settings, 'branches' | 'flow'>;

/** Where a branch comes from and where it goes to, as short names of branches. */
export interface BranchRoute {
  /** What it begins at: the first of these that exists. */
  readonly bases: readonly string[];
  /** What it is merged into: the first of these that exists. */
  readonly targets: readonly string[];
  /** What its merge is brought back to afterwards; undefined where nothing is. */
  readonly backMerge: string | undefined;
}

/** What goes into a new branch's name. */
export interface BranchWish {
  readonly ticket: string;
  readonly type: WorkType;
  /** What the ticket is called; undefined or without a letter that a name can hold: `work`. */
  readonly title: string | undefined;
  /** Which part of a stack it is, from 1; undefined: the ticket is one branch. */
  readonly part?: number | undefined;
  /** Of the contributor: a word; for patterns with `{user}`. */
  readonly user?: string | undefined;
  /** For patterns with `{version}`. */
  readonly version?: string | undefined;
  /** For patterns with `{timestamp}`. */
  readonly now: Date;
}

/**
 * Flow `trunk`: everything leaves the trunk and returns to it. Flow `contrib`: features stand between
 * the contributor's branch (develop, where there is none) and it; releases leave develop for the trunk
 * and hotfixes leave the trunk for it, and both come back to develop.
 */
export function branchRoute(settings: Flow, trunk: string, type: WorkType, user: string | undefined): BranchRoute {
  const develop = developBranch(settings);
  if (develop === undefined) return { bases: [trunk], targets: [trunk], backMerge: undefined };
  if (type === 'release') return { bases: [develop, trunk], targets: [trunk], backMerge: develop };
  if (type === 'hotfix') return { bases: [trunk], targets: [trunk], backMerge: develop };
  const own = contribBranch(settings, user);
  const bases = [...(own === undefined ? [] : [own]), develop, trunk];
  return { bases, targets: bases, backMerge: undefined };
}

/** A contributor's own branch in flow `contrib`; undefined where the pattern asks for a user that nobody named. */
export function contribBranch(settings: Flow, user: string | undefined): string | undefined {
  const pattern = branchPattern('contrib', settings);
  if (pattern === undefined) return undefined;
  const name = userWord(user);
  return pattern.includes('{user}') && name === undefined ? undefined : pattern.replaceAll('{user}', name ?? '');
}

/**
 * The name of a new branch: `ID--slug`, or `ID--p2-slug` for a part of a stack; where WORKSPACE.md or
 * flow `contrib` has a pattern for the type, that pattern with `{slug}` standing for the same, so that
 * the name always says its ticket. `{id}`, `{user}`, `{timestamp}` (`20261120T192600Z`) and `{version}`
 * are filled in. Throws a UserError where the pattern asks for what was not given.
 */
export function plannedBranch(settings: Flow, wish: BranchWish): string {
  const slug = titleSlug(wish.title);
  const ending = wish.part === undefined ? slug : `p${wish.part}-${slug}`;
  const pattern = branchPattern(wish.type, settings) ?? '{slug}';
  const values: Readonly<Record<string, string | undefined>> = {
    id: wish.ticket,
    slug: pattern.includes('{id}') ? ending : `${wish.ticket}--${ending}`,
    user: userWord(wish.user),
    timestamp: stampOf(wish.now),
    version: wish.version,
  };
  return pattern.replaceAll(/\{([^{}]*)\}/g, (mark, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw missing(mark, pattern, wish.type);
    return value;
  });
}

/** Whether the name of a branch of this type says which version it is of. */
export function asksForVersion(settings: Flow, type: WorkType): boolean {
  return branchPattern(type, settings)?.includes('{version}') === true;
}

/** The branch of a second agent's worktree for one node; it is merged back into the ticket's. No slug has an `@`. */
export function nodeBranch(ticket: string, node: string): string {
  return `${ticket}--@${node}`;
}

/** The node whose work a branch `ID--@NODE` carries; undefined for any other. */
export function nodeOfBranch(branch: string): string | undefined {
  return /--@([a-z0-9-]+)$/.exec(branch)?.[1];
}

/** What stands for `{slug}` in the place of a branch's worktree: what its name says beside the ticket. */
export function placeSlug(branch: string, ticket: string): string {
  const own = withoutStamp(branch.slice(branch.lastIndexOf('/') + 1));
  const node = nodeOfBranch(own);
  if (node !== undefined) return `@${node}`;
  const rest = own.toLowerCase().startsWith(ticket.toLowerCase()) ? own.slice(ticket.length) : branch;
  return slugOf(rest.replaceAll(/[/.]/g, '-')) || 'work';
}

/** The ref that keeps the commit a branch began at: it survives an amended parent and `git gc`. */
export function baseRef(branch: string): string {
  return `refs/treework/bases/${branch}`;
}

/** The key of git's configuration that names what a branch stands on, as long as no document says it: a ticket, or a branch. */
export function parentKey(branch: string): string {
  return `branch.${branch}.treework-parent`;
}

/** The key of git's configuration that names the ticket of a branch whose name does not say it. */
export function ticketKey(branch: string): string {
  return `branch.${branch}.treework-ticket`;
}

/** `20261120T192600Z`. */
function stampOf(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The end of a branch's name and of its worktree's folder; it never looks like a part of a stack. */
export function titleSlug(title: string | undefined): string {
  return (slugOf(title ?? '') || 'work').replace(/^p(?=\d+(?:-|$))/, 'p-');
}

/** What git takes as a part of a ref's name. */
function userWord(user: string | undefined): string | undefined {
  const word = user?.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return word === '' ? undefined : word;
}

function missing(mark: string, pattern: string, type: WorkType): UserError {
  const hints: Readonly<Record<string, string>> = { '{user}': 'git config treework.user NAME', '{version}': '--version 1.4.0' };
  return new UserError(`Unexpected ${mark} in the pattern ${pattern} of ${type} branches, expected ${hints[mark] ? 'to know it' : '{id}, {slug}, {user}, {timestamp} or {version}'}`, hints[mark] ?? `branches: {${type}: '${type}/{slug}'} in WORKSPACE.md`, 'branch-pattern');
}
