import type { Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { stackPart } from './branch-names.ts';

/** A branch, and what is known of it. */
export interface StackedBranch {
  readonly name: string;
  /** The ticket that its name carries, or that is recorded of it. */
  readonly ticket: string | undefined;
  /** What is recorded that it stands on: a branch, or a ticket. */
  readonly recorded?: string | undefined;
  /** What the spec of its ticket says that it stands on: a ticket. */
  readonly stackedOn?: string | undefined;
}

/** Which branch each branch stands on; undefined: on none of them, but on the trunk or what the flow has in its place. */
export interface Standing extends ReadonlyMap<string, string | undefined> {
  /** Branches of which that cannot be told, each with the reason: thrown where it is asked for. */
  readonly problems: ReadonlyMap<string, UserError>;
}

/**
 * Who stands on whom. Part 2 of a ticket stands on its part 1; a branch on another of its ticket where
 * that is recorded; a ticket's lowest branch on the highest of the ticket that its spec names
 * (`stacked_on`), else on what is recorded. What names nothing that still has a branch stands on none.
 * A circle, and several branches that could be meant, are problems of those branches alone.
 */
export function standingOf(branches: readonly StackedBranch[], settings: Pick<Settings, 'ticketPattern'>): Standing {
  const [standing, problems] = [new Map<string, string | undefined>(), new Map<string, UserError>()];
  for (const branch of branches) {
    const parent = parentOf(branch, branches, settings);
    if (parent instanceof UserError) problems.set(branch.name, parent);
    standing.set(branch.name, parent instanceof UserError ? undefined : parent);
  }
  for (const { name } of branches) {
    const circle = circleFrom(name, standing);
    if (circle) problems.set(name, circle);
  }
  return Object.assign(standing, { problems });
}

/** All branches below a branch, itself, and all that stand on it, directly or not: each after the one it stands on. */
export function familyOf(standing: Standing, branch: string): string[] {
  const family = stackBelow(standing, branch);
  for (let at = family.length - 1; at < family.length; at += 1) family.push(...childrenOf(standing, family[at] as string));
  return family;
}

/** The branches that stand on one of these and are none of these. */
export function leftOf(standing: Standing, family: readonly string[]): string[] {
  return [...standing].flatMap(([name, parent]) => (parent !== undefined && family.includes(parent) && !family.includes(name) ? [name] : [])).sort();
}

/** All that a branch stands on, from the lowest up to the branch itself. */
export function stackBelow(standing: Standing, branch: string): string[] {
  const line: string[] = [];
  for (let at: string | undefined = branch; at !== undefined; at = standing.get(at)) {
    const problem = standing.problems.get(at);
    if (problem) throw problem;
    line.unshift(at);
  }
  return line;
}

function childrenOf(standing: Standing, branch: string): string[] {
  return [...standing].flatMap(([name, parent]) => (parent === branch ? [name] : [])).sort();
}

function parentOf(branch: StackedBranch, branches: readonly StackedBranch[], settings: Pick<Settings, 'ticketPattern'>): string | UserError | undefined {
  const others = branches.filter(({ name }) => name !== branch.name);
  const recorded = others.find(({ name }) => name === branch.recorded);
  const part = partOf(branch, settings);
  const siblings = part === undefined ? [] : others.filter((one) => isSame(one.ticket, branch.ticket) && (partOf(one, settings) ?? part) < part);
  if (siblings.length > 0) return highest(siblings, recorded, branch.name, settings);
  if (recorded && isSame(recorded.ticket, branch.ticket)) return recorded.name;
  const ticket = branch.stackedOn ?? (recorded ? undefined : branch.recorded);
  const lower = others.filter((one) => ticket !== undefined && isSame(one.ticket, ticket));
  return lower.length > 0 ? highest(lower, recorded, branch.name, settings) : recorded?.name;
}

/** The highest part among branches of one ticket; which of several as high as each other, only what is recorded says. */
function highest(branches: readonly StackedBranch[], recorded: StackedBranch | undefined, child: string, settings: Pick<Settings, 'ticketPattern'>): string | UserError {
  if (recorded && branches.includes(recorded)) return recorded.name;
  // Branches of single nodes, and whatever else was begun upon another of the same ticket, are brought back to that one.
  const own = branches.filter(({ recorded: on }) => !branches.some(({ name }) => name === on));
  const top = Math.max(...own.map((one) => partOf(one, settings) ?? 0));
  const [only, ...more] = own.filter((one) => (partOf(one, settings) ?? 0) === top);
  if (only && more.length === 0) return only.name;
  const names = [...(only ? [only] : []), ...more].map(({ name }) => name).sort();
  return new UserError(`Unexpected branches ${names.join(' and ')} below ${child}, expected one that it stands on`, `git config ${shown(`branch.${child}.treework-parent`)} ${shown(names[0] ?? 'BRANCH')}`, 'stack-ambiguous');
}

function circleFrom(branch: string, standing: ReadonlyMap<string, string | undefined>): UserError | undefined {
  const seen = new Set([branch]);
  for (let at = standing.get(branch); at !== undefined && at !== branch; at = standing.get(at)) {
    if (seen.has(at)) return undefined;
    seen.add(at);
  }
  if (standing.get([...seen].at(-1) as string) !== branch) return undefined;
  return new UserError(`Unexpected circle of branches: ${[...seen, branch].join(' stands on ')}, expected a stack`, `mend stacked_on in a spec.md, or git config --unset ${shown(`branch.${branch}.treework-parent`)}`, 'stack-circle');
}

function partOf({ name }: StackedBranch, settings: Pick<Settings, 'ticketPattern'>): number | undefined {
  return stackPart(name, settings);
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one.toLowerCase() === other.toLowerCase();
}

function shown(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
