import { placeOf } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import type { ChangedPath, Tree } from '../tree/tree.ts';
import { generatedFiles, isLockFile } from './generated-files.ts';

const DOCUMENT = /\.(?:md|mdx|markdown|rst|adoc)$/i;

/** What a reviewer reads of a change. */
export interface ReviewSize {
  readonly files: number;
  /** Lines of either side that the other lacks; one that only moved within its file is none. 0 where `files` are too many already. */
  readonly lines: number;
  /** The limit that is passed, as a person says it: `14 files`, and what is allowed; undefined within limits. */
  readonly excess: { readonly is: string; readonly most: string } | undefined;
}

/** A change as a whole: where it began, where it ended, and which paths differ. */
export interface ReviewedChange {
  readonly before: Tree | undefined;
  readonly after: Tree;
  readonly changed: readonly Pick<ChangedPath, 'path'>[];
}

/** The size of a change for whoever reviews it: documents, lock files and what `.gitattributes` calls generated do not count. */
export function reviewSize({ before, after, changed }: ReviewedChange, settings: Settings): ReviewSize {
  const { maxFiles, maxLines } = settings.review;
  const counted = reviewedPaths(after, changed.map(({ path }) => path), settings);
  const files = counted.length;
  if (files > maxFiles) return { files, lines: 0, excess: { is: `${files} files`, most: `${maxFiles}` } };
  const lines = counted.reduce((sum, path) => sum + linesChanged(before?.read(path)?.toString(), after.read(path)?.toString()), 0);
  return { files, lines, excess: lines > maxLines ? { is: `${lines} lines`, most: `${maxLines}` } : undefined };
}

/** Those of these paths that somebody reviews, by what the tree says of them. */
export function reviewedPaths(after: Tree, paths: readonly string[], settings: Settings): string[] {
  const written = paths.filter((path) => !DOCUMENT.test(path) && !isLockFile(path) && placeOf(settings, path) === undefined);
  const isGenerated = written.length === 0 ? undefined : generatedFiles(after, written);
  return written.filter((path) => !isGenerated?.(path));
}

/** Lines of either text that the other lacks; what is no text counts for nothing. */
export function linesChanged(before: string | undefined, after: string | undefined): number {
  const counts = new Map<string, number>();
  const add = (text: string | undefined, by: number) => {
    if (text === undefined || text.includes('\0')) return;
    for (const line of text.replace(/\r?\n$/, '').split('\n')) counts.set(line, (counts.get(line) ?? 0) + by);
  };
  add(before, -1);
  add(after, 1);
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}
