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

/** The facts for a person. */
export function pathFactsText(facts: PathFacts, program: string): string {
  const lines = [`${facts.path}${facts.exists ? '' : ' (not there yet)'}: ${facts.reason}`];
  if (!facts.governed) return lines.join('\n');
  if (facts.archived) lines.push(`  archived  ticket ${facts.ticket} is finished: its documents do not change`);
  if (facts.frozen) lines.push(`  frozen    by ${facts.frozen.by}, ${facts.frozen.pin}: the spec changes through change records`);
  if (facts.frozen === false) lines.push('  frozen    no: tasks.md pins no spec');
  if (facts.schema) lines.push(`  shape     ${facts.schema}`);
  for (const { name, value, from } of facts.settings) lines.push(`  ${name.padEnd(8)}  ${value} (${from})`);
  for (const { directory, pattern, holds, from } of facts.directories) lines.push(`  holds     ${directory} must hold ${holds.join(', ')}: ${pattern} (${from})`);
  if (facts.rules.length > 0) lines.push('', ...table(facts.rules), '', `${program} explain RULE says what a rule refuses and how to mend it.`);
  return lines.join('\n');
}

function table(rules: readonly RuleOnPath[]): string[] {
  const width = Math.max(...rules.map(({ rule }) => rule.length));
  return rules.map(({ rule, severity, from, judges, protected: isProtected, waived }) => {
    const notes = [from, `judges the ${judges}`, ...(isProtected ? ['protected: the last commit\'s setting holds'] : []), ...(waived ? [`waived: ${waived}`] : [])];
    return `  ${rule.padEnd(width)}  ${severity.padEnd(7)}  ${notes.join('; ')}`;
  });
}
