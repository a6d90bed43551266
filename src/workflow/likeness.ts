import type { TaskNode } from './task-tree.ts';

/** What is compared of a workflow. */
export interface Likeness {
  /** Words of the goal that say what the work is. */
  readonly words: ReadonlySet<string>;
  /** Leaves, each with the phases it is in: `release/publish`. */
  readonly leaves: ReadonlySet<string>;
}

/** So much of two sets is common when their workflows are instances of one: words of the goals, leaves of the trees. */
const [WORDS, LEAVES] = [2 / 3, 4 / 5];
/** A tree says something when so many of its leaves are the team's own. */
const OWN_LEAVES = 2;

/** Too common to say what work is about, or about one time only. */
const IDLE = new Set(
  'a an and as at by for from in into is it its of on or our so that the their this to with der die das den dem ein eine für im in mit und von zu zum zur le la les un une des du de et pour dans sur january february march april may june july august september october november december januar februar märz mai juni juli oktober dezember jan feb mar apr jun jul aug sep sept oct okt nov dec dez monday tuesday wednesday thursday friday saturday sunday week month quarter year today'.split(' '),
);

export function likenessOf(goal: string, nodes: readonly TaskNode[]): Likeness {
  return { words: new Set(wordsOf(goal)), leaves: new Set(nodes.filter(({ children }) => children.length === 0).map(pathOf)) };
}

/**
 * Whether two workflows are instances of the same thing. Either their goals say so: at least two
 * thirds of the words are common, numbers, dates, names of months and words such as `the` left out
 * (`Bill partners 2026-10` and `Bill partners, November`). Or their trees do: at least four fifths of
 * the leaves are common, and two of those are no preset's: what `new tasks --preset` writes for
 * everybody (`ordinary`) says nothing.
 */
export function areAlike(one: Likeness, other: Likeness, ordinary: ReadonlySet<string> = new Set()): boolean {
  if (overlap(one.words, other.words) >= WORDS) return true;
  const own = [...one.leaves].filter((leaf) => other.leaves.has(leaf) && !ordinary.has(leaf));
  return own.length >= OWN_LEAVES && overlap(one.leaves, other.leaves) >= LEAVES;
}

/** A goal without what is of one time only; the goal itself where nothing else is in it. */
export function timeless(goal: string): string {
  const kept = goal
    .split(/\s+/)
    .filter((word) => !/\d/.test(word) && !(isTime(word) && word.length > 2))
    .join(' ')
    .replace(/[\s,;:–—-]+$/u, '');
  return kept === '' ? goal : kept;
}

const MONTH = /^(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\W*$/iu;

function isTime(word: string): boolean {
  return MONTH.test(word);
}

function wordsOf(text: string): string[] {
  const timely = text.toLowerCase().split(/\s+/).filter((word) => !/\p{N}/u.test(word));
  return timely.flatMap((word) => word.split(/[^\p{L}\p{M}]+/u)).filter((word) => word !== '' && !IDLE.has(word));
}

/** How much two sets have in common, from 0 to 1: of what is in either, what is in both. */
function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0;
  const common = [...one].filter((item) => other.has(item)).length;
  return common / (one.size + other.size - common);
}

function pathOf(node: TaskNode): string {
  return node.parent ? `${pathOf(node.parent)}/${node.id}` : node.id;
}
