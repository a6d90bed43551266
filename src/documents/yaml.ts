import { readPlain } from './yaml-plain.ts';
import { readStrictly } from './yaml-strict.ts';
import type { YamlFault } from './yaml-token.ts';

/** What a YAML source holds, or why it cannot be read. */
export interface YamlReading {
  readonly data: Record<string, unknown> | undefined;
  readonly faults: readonly YamlFault[];
}

/**
 * Reads YAML 1.2 (core schema) without aliases, tags or directives. The `yaml` package is the
 * authority, and costs 24 ms to load; the plain YAML that nearly all documents keep to is read
 * without it, to the same result.
 */
export function readYaml(source: string): YamlReading {
  const plain = readPlain(source);
  if (plain !== undefined) return { data: plain, faults: [] };
  const { data, faults } = readStrictly(source);
  return { data, faults };
}
