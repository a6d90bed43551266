import { oneLine } from './plain-text.ts';
import type { PathFacts, RuleOnPath } from '../workflow/path-facts.ts';

/** A requirement of a living spec that a path carries. */
export interface CarriedRequirement {
  readonly requirement: string;
  /** `PATH:LINE` of the living spec. */
  readonly at: string;
  /** Whose work met it there. */
  readonly ticket: string;
  readonly node: string;
  /** The path is one of its tests. */
  readonly test: boolean;
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

/** A line for each requirement. */
export function carriedText(carries: readonly CarriedRequirement[]): string[] {
  return carries.map(({ requirement, at, ticket, node, test }) => `  ${test ? 'tests   ' : 'carries '}  ${oneLine(requirement, 120)} (${at}), since ${ticket}/${node}`);
}

function table(rules: readonly RuleOnPath[]): string[] {
  const width = Math.max(...rules.map(({ rule }) => rule.length));
  return rules.map(({ rule, severity, from, judges, protected: isProtected, waived }) => {
    const notes = [from, `judges the ${judges}`, ...(isProtected ? ['protected: the last commit\'s setting holds'] : []), ...(waived ? [`waived: ${waived}`] : [])];
    return `  ${rule.padEnd(width)}  ${severity.padEnd(7)}  ${notes.join('; ')}`;
  });
}
