import { readPlain } from './yaml-plain.ts';
import { readStrictly } from './yaml-strict.ts';
import type { YamlFault } from './yaml-token.ts';

/** What a YAML source holds, or why it cannot be read. */
export interface YamlReading {
  readonly data: Record<string, unknown> | undefined;
  readonly faults: readonly YamlFault[];
}

/** What the authority is given at most, in UTF-16 units: on hostile text it takes seconds for more. */
const MAX_STRICT_LENGTH = 256 * 1024;

/**
 * Reads YAML 1.2 (core schema) without aliases, tags or directives. The `yaml` package is the
 * authority, and costs 24 ms to load; the plain YAML that nearly all documents keep to is read
 * without it, to the same result.
 */
export function readYaml(source: string): YamlReading {
  const plain = readPlain(source);
  if (plain !== undefined) return { data: plain, faults: [] };
  if (source.length > MAX_STRICT_LENGTH) return { data: undefined, faults: [tooLong(source.length)] };
  const { data, faults } = readStrictly(source);
  return { data, faults };
}

function tooLong(length: number): YamlFault {
  return {
    offset: 0,
    message: `Unexpected frontmatter of ${length} characters, expected at most ${MAX_STRICT_LENGTH} where its YAML is more than plain`,
    remedy: 'Move part of it into another document, or keep to plain `key: value` lines.',
  };
}
