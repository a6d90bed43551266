import { textsIn } from './task-tree.ts';

/** A knowledge note, as its frontmatter says it. */
export interface Note {
  readonly path: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is being worked on: words of its goal and title, and the paths that it may change. */
export interface Work {
  readonly ticket: string | undefined;
  readonly words: readonly string[];
  readonly paths: readonly string[];
}

/** Short words and those of every goal say nothing. */
const LEAST = 3;

/**
 * The notes that fit the work, the best first: by their tags, which count most, and the words of
 * their titles, among the words of the goal and the names in the paths. Notes of the same ticket fit.
 */
export function fittingNotes(notes: readonly Note[], work: Work, most: number): Note[] {
  const known = new Set([...work.words, ...work.paths.flatMap((path) => path.split(/[/.*_-]+/))].flatMap(wordsOf));
  const scored = notes.map((note) => ({ note, score: scoreOf(note, work, known) })).filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score || (a.note.path < b.note.path ? -1 : 1)).slice(0, most).map(({ note }) => note);
}

function scoreOf({ data }: Note, { ticket }: Work, known: ReadonlySet<string>): number {
  const tags = (Array.isArray(data.tags) ? textsIn(data.tags) : []).filter((tag) => wordsOf(tag).some((word) => known.has(word)));
  const title = new Set(typeof data.title === 'string' ? wordsOf(data.title) : []);
  const words = [...title].filter((word) => known.has(word));
  return (ticket !== undefined && data.ticket === ticket ? 4 : 0) + 3 * tags.length + (words.length > 1 || tags.length > 0 ? words.length : 0);
}

/** In small letters, without a plural's s. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= LEAST).map((word) => word.replace(/s$/, ''));
}
