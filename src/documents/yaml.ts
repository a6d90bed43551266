import { CORE_SCHEMA, defineMappingTag, load } from 'js-yaml';
import { readStrictly } from './yaml-strict.ts';
import type { YamlFault } from './yaml-strict.ts';

/** What a YAML source holds, or why it cannot be read. */
export interface YamlReading {
  readonly data: Record<string, unknown> | undefined;
  readonly faults: readonly YamlFault[];
}

/** Nesting that no document of a person's needs; deeper is refused by both parsers alike. */
export const MAX_DEPTH = 100;

/** A mapping with text for keys: all others are left to the authority. */
const MAPPING = defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: () => ({}),
  addPair: (data, key, value) => {
    if (typeof key !== 'string') return 'not text';
    if (key === '__proto__') Object.defineProperty(data, key, { value, enumerable: true, configurable: true, writable: true });
    else data[key] = value;
    return '';
  },
  has: (data, key) => Object.hasOwn(data, String(key)),
  keys: (data) => Object.keys(data),
  get: (data, key) => data[String(key)],
  identify: () => false,
});

const FAST = { schema: CORE_SCHEMA.withTags(MAPPING), maxDepth: MAX_DEPTH, maxAliases: 0 };

/**
 * Texts on which the fast parser is not known to agree with the strict one: anchors, aliases, tags,
 * explicit keys, directives and document marks, block scalars, characters outside plain text.
 * `test/documents/yaml.test.ts` holds the two equal on everything that this lets through.
 */
const DOUBTFUL =
  /(?:^|[\s[{,:])(?:!|[&*](?=\S))|(?:^|[[{,:?-]) *[?|>%@`]|^(?:---|\.\.\.)|(?:^|[\s[{,]|["']:)[-+]?(?:[\d.]+[eE][-+]?\d{3}|0x[\da-fA-F]{200}|0o[0-7]{200}|\d{300})|[\0-\x08\t\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/m;

/**
 * Reads YAML 1.2 (core schema) without aliases, tags or directives. The `yaml` package is the
 * authority; js-yaml, five times as fast, answers where it is proven to answer the same.
 */
export function readYaml(source: string): YamlReading {
  if (!DOUBTFUL.test(source)) {
    const data = readFast(source);
    if (data !== undefined) return { data, faults: [] };
  }
  const { data, faults } = readStrictly(source);
  return { data, faults };
}

/** The mapping that js-yaml reads, or undefined when it refuses or reads something else. */
export function readFast(source: string): Record<string, unknown> | undefined {
  try {
    const data = load(source, FAST);
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the fast parser may answer for this source. */
export function isPlain(source: string): boolean {
  return !DOUBTFUL.test(source);
}
