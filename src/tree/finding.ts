/** What a check has to say, as data. */

import type { Edit } from './edit.ts';

export type Severity = 'error' | 'warning';

/** A replacement of one whole file's text; what `check --fix` applies. */
export interface Fix {
  readonly path: string;
  /** The file's text as the rule saw it: applied only when that is still what stands there. */
  readonly from: string;
  readonly to: string;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  /** 1-based; 1 when the finding is about the file as a whole. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** "Unexpected X, expected Y". */
  readonly message: string;
  /** What to do, with a command where there is one. */
  readonly remedy: string;
  readonly fix?: Fix;
  /** Files that mending makes (with `expect: 'absent'`) or deletes (with the content that it expects); `check --fix` applies them. */
  readonly edits?: readonly Edit[];
}

/** A place in a file, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
