/** What governs one path, as data. */
export interface PathFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly governed: boolean;
  /** Why it is or is not governed, a sentence. */
  readonly reason: string;
  /** `spec`, `node`, …; `folder`, `readme`, `attachment`, `stray`; undefined when not governed. */
  readonly kind?: string;
  readonly schema?: string;
  readonly ticket?: string;
  readonly archived?: boolean;
  /** Whether the ticket's spec is frozen, and what says so. */
  readonly frozen?: { readonly pin: string; readonly by: string } | false;
  readonly settings: readonly Setting[];
  readonly rules: readonly RuleOnPath[];
  readonly directories: readonly { readonly directory: string; readonly pattern: string; readonly holds: readonly string[]; readonly from: string }[];
}

export interface Setting {
  readonly name: string;
  readonly value: string;
  /** `default`, or `WORKSPACE.md:LINE`. */
  readonly from: string;
}

export interface RuleOnPath {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'off';
  /** Where the severity comes from. */
  readonly from: string;
  /** What it looks at because of this path. */
  readonly judges: 'document' | 'ticket' | 'repository';
  readonly protected: boolean;
  /** The reason a comment in the document gives for waiving it. */
  readonly waived?: string;
}
