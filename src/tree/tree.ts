/** What a repository holds at one moment, and what one step changes. Interfaces only: no I/O. */

/** An object id in the repository's own object format: 40 hex digits (SHA-1) or 64 (SHA-256). */
export type Oid = string;

export type EntryType = 'file' | 'directory' | 'symlink' | 'submodule';

export interface Entry {
  /** Path from the repository's root, `/` as separator, no leading slash. */
  readonly path: string;
  readonly type: EntryType;
  readonly oid: Oid;
  /** Stands for the content as `oid` does, within this tree alone, where that would have to be worked out from the content. */
  readonly identity?: string;
}

export interface ChangedPath {
  readonly path: string;
  /** In `after`; undefined when the path was deleted. */
  readonly after: Entry | undefined;
  /** Per parent, in the order of `before`; undefined where that parent has no such path. */
  readonly before: readonly (Entry | undefined)[];
}

/**
 * An immutable snapshot. Reads are synchronous; `prefetch` is only about speed and never
 * changes what the other methods answer.
 */
export interface Tree {
  /** Id of the root tree. */
  readonly id: Oid;
  entry(path: string): Entry | undefined;
  /** Direct children in git's order; empty when there is no such directory. `''` is the root. */
  list(directory: string): readonly Entry[];
  /** Every file, symlink and submodule below these paths (files may be named themselves), in git's order. */
  walk(roots: readonly string[]): readonly Entry[];
  /** Content of a regular file; undefined for anything else. Symlinks are never followed. */
  read(path: string): Buffer | undefined;
  /** Whether `read` answers without asking anybody. Only about speed. */
  isLoaded(path: string): boolean;
  /** Announces paths that will be asked for, in this tree and in `others`: files are loaded, directories listed. */
  prefetch(paths: readonly string[], others?: readonly Tree[]): void;
  /**
   * Announces that all these files will be asked for, in this order, so that they can be read ahead.
   * Only about speed. Returns what ends it.
   */
  announce(paths: readonly string[]): () => void;
  /** Drops loaded file contents, to bound memory over a long audit. Never changes an answer. */
  forget(): void;
  /**
   * Paths below `roots` that differ from **every** tree of `before` (all files when `before`
   * is empty): a merge is not blamed for what it merely brings in.
   */
  changedFrom(before: readonly Tree[], roots: readonly string[]): readonly ChangedPath[];
}

/** One step: everything a check may look at. Nothing else (no clock, no environment) goes in. */
export interface Change {
  /** All parents; empty for a first commit and for an audit of state alone. */
  readonly before: readonly Tree[];
  readonly after: Tree;
  /** Where step and ref rules read WORKSPACE.md; the first parent when absent. */
  readonly policy?: Tree;
  /**
   * Set when `before` are merge bases, not parents: all of them are in the history of `after`, so
   * what any of them decided has to be there still.
   */
  readonly isRange?: boolean;
  /** What the step passed through when it stands for several commits, in no particular order. */
  readonly through?: readonly Tree[];
  /** Set when the step is one commit: as git stores its message, or would. */
  readonly message?: string;
  /** Short name of the branch; undefined where it is not known. */
  readonly ref?: string;
  readonly now?: Date;
  /** Set when the step is a branch or an update of one: then ref rules judge it. */
  readonly update?: RefUpdate;
}

/** A commit with its message. */
export interface NewCommit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
}

export interface RefUpdate {
  readonly isTrunk: boolean;
  /** Along first parents, what no other branch has yet; oldest first. Read by need: it costs. */
  readonly commits: readonly NewCommit[];
}
