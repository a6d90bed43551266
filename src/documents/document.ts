import type { Position } from '../tree/finding.ts';

/** Something wrong with a document's form: bytes, fences, YAML or shape. */
export interface Problem extends Position {
  readonly message: string;
  readonly remedy: string;
}

/** Names of the places inside frontmatter: `['nodes', 0, 'id']`. */
export type DataPath = readonly (string | number)[];

/**
 * Frontmatter and body of one Markdown file. `data` is undefined when the frontmatter could not be
 * read at all (then `problems` says why). Never throws for any bytes.
 */
export interface ParsedDocument {
  /** The decoded text, as it stands in the file (CRLF, BOM and all); '' for binary or oversized files. */
  readonly text: string;
  readonly data: Record<string, unknown> | undefined;
  readonly problems: readonly Problem[];
  /** Everything after the closing fence's line. */
  readonly body: string;
  /** 1-based line of the body's first line in the file. */
  readonly bodyLine: number;
  /**
   * Where the value (or, with `key`, the key) at this path stands; the nearest existing ancestor's
   * place when there is none, line 1 at worst. Slow (re-reads with positions): for findings only.
   */
  locate(path: DataPath, what?: 'key' | 'value'): Position;
}

/** One heading that stands at the top level of a body, and its section. */
export interface Heading {
  readonly depth: 1 | 2 | 3 | 4 | 5 | 6;
  /** Raw source of the heading's content: no marks, no closing sequence, trimmed. */
  readonly text: string;
  /** 1-based line in the file (not in the body). */
  readonly line: number;
}

export interface Outline {
  readonly headings: readonly Heading[];
  /**
   * The file's lines (without line ends), index 0 = line 1. Lines that are inside fenced code,
   * indented code or HTML (comments too) are in `opaque`.
   */
  readonly lines: readonly string[];
  readonly opaque: ReadonlySet<number>;
  /**
   * Set when the outline could not be read (a section, from heading to heading, of more than 64 KB
   * or 2,000 lines that needs the full Markdown parser): then `headings` and `opaque` are empty and say nothing.
   */
  readonly problem: Problem | undefined;
}
