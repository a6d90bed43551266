import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validators } from '../../src/documents/generated/validators.js';
import { shapeMessage } from '../../src/documents/shape-message.ts';
import { at, paths, put, runtimeAjv, schemas, type Path } from './schemas.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 300);
const ajv = runtimeAjv();

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 1.5, 101, '', ' ', 'all', 'ratchet', 'off', 'a', '/x', '../x', 'P-1', '2026-11-20T10:00Z', undefined, Number.NaN),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const anything = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key(), scalar, { maxKeys: 3 }), fc.anything({ maxDepth: 2 }));

function key() {
  return fc.oneof(fc.constantFrom('title', 'id', 'path', 'severity', 'x-a', 'nodes', 'constructor', 'a/b', 'a~b', '0', 'toString'), fc.string({ unit: 'binary', maxLength: 5 }));
}

type Mutation = { readonly pick: number; readonly how: 'replace' | 'remove' | 'insert' | 'repeat'; readonly key: string; readonly value: unknown };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  pick: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'insert', 'repeat'),
  key: key(),
  value: anything,
});

function mutate(document: unknown, { pick, how, key, value }: Mutation): unknown {
  const places = [...paths(document)];
  const path = places[pick % places.length] as Path;
  const found = at(document, path);
  if (how === 'repeat' && Array.isArray(found)) return put(document, path, [...found, ...found.slice(0, 1)]);
  if (how === 'insert' && Array.isArray(found)) return put(document, path, [...found, value]);
  if (how === 'insert' && typeof found === 'object' && found !== null) return put(document, path, { ...found, [key]: value });
  const parent = at(document, path.slice(0, -1));
  if (how === 'remove' && path.length > 0 && !Array.isArray(parent)) {
    const { [path.at(-1) as string]: _gone, ...rest } = parent as Record<string, unknown>;
    return put(document, path.slice(0, -1), rest);
  }
  return put(document, path, value);
}

/** ajv's `uniqueItems` throws for two items that have a key `toString`; no list of ours takes such items. */
function isValidAtRuntime(id: string, data: unknown): boolean {
  try {
    return ajv.getSchema(id)?.(data) === true;
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('is not a function')) return false;
    throw error;
  }
}

describe.each([...schemas])('the validator of %s', (kind, schema) => {
  const damaged = fc
    .tuple(fc.constantFrom(...(schema.examples ?? [])), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([example, mutations]) => mutations.reduce<unknown>(mutate, structuredClone(example)));

  it('agrees with ajv on the shipped schema', () => {
    fc.assert(
      fc.property(fc.oneof({ arbitrary: damaged, weight: 9 }, fc.anything()), (data) => {
        expect(validators[kind](data).length === 0).toBe(isValidAtRuntime(schema.$id as string, data));
      }),
      { numRuns: RUNS },
    );
  });

  it('names a place that exists and one message each', () => {
    fc.assert(
      fc.property(damaged, (data) => {
        for (const error of validators[kind](data)) {
          expect(at(data, error.path)).toBe(error.value);
          const { message, remedy } = shapeMessage(error);
          expect(message).toMatch(/^(Unexpected|Missing) [^\n]+, expected [^\n]+$/);
          expect(remedy).toMatch(/^[A-Z][^\n]+\.$/);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
