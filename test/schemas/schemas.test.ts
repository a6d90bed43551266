import { describe, expect, it } from 'vitest';
import { validators } from '../../src/documents/generated/validators.js';
import { at, parts, paths, put, runtimeAjv, schemas, type Path, type Schema } from './schemas.ts';

const ajv = runtimeAjv();

/** Mappings that take any key, on purpose: the options of a rule are the rule's own business. */
const OPEN = new Set(['workspace/$defs/ruleSetting/anyOf/1']);

describe.each([...schemas])('%s.schema.json', (kind, schema) => {
  const all = [...parts(schema)];

  it('is valid JSON Schema 2020-12 and named by its kind', () => {
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(schema.$id).toBe(`urn:treework:schema:${kind}`);
  });

  it('explains every key to people', () => {
    const silent = all.filter(({ place, part }) => /(^|\/(properties|\$defs)\/[^/]+)$/.test(place) && !part.description);
    expect(silent.map(({ place }) => place)).toEqual([]);
    const unnamed = all.filter(({ part }) => part.pattern !== undefined && !part['x-expected']);
    expect(unnamed.map(({ place }) => place)).toEqual([]);
  });

  it('closes every mapping but for x- keys', () => {
    const mappings = all.filter(({ place, part }) => part.properties && !OPEN.has(`${kind}${place}`));
    for (const { place, part } of mappings) {
      expect(part.additionalProperties, place).toBe(false);
      expect(part.patternProperties, place).toEqual({ '^x-': {} });
    }
  });

  it('has an example, and it is valid', () => {
    for (const example of schema.examples ?? []) {
      expect(ajv.validate(schema.$id as string, example), ajv.errorsText()).toBe(true);
      expect(validators[kind](example)).toEqual([]);
    }
    expect(schema.examples?.length).toBeGreaterThan(0);
  });

  it('refuses an unknown key and takes an x- key in every closed mapping of its example', () => {
    const example = schema.examples?.[0];
    const closed = [...paths(example)].filter((path) => isClosed(path, example, schema));
    expect(closed).toContainEqual([]);
    for (const path of closed) {
      const mapping = at(example, path) as Record<string, unknown>;
      const stranger = put(example, path, { ...mapping, stranger: 1 });
      expect(validators[kind](stranger)).toMatchObject([{ path, keyword: 'additionalProperties', params: { additionalProperty: 'stranger' } }]);
      expect(validators[kind](put(example, path, { ...mapping, 'x-own': [{ any: 'thing' }] }))).toEqual([]);
    }
  });

  it('requires each required key', () => {
    const example = schema.examples?.[0] as Record<string, unknown>;
    for (const key of schema.required ?? []) {
      const { [key]: _gone, ...rest } = example;
      expect(validators[kind](rest)).toMatchObject([{ path: [], keyword: 'required', params: { missingProperty: key } }]);
    }
  });
});

it('says the same wherever a definition of the same name occurs', () => {
  const known = new Map<string, { kind: string; definition: Schema }>();
  for (const [kind, schema] of schemas) {
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
      const first = known.get(name) ?? { kind, definition };
      known.set(name, first);
      expect(definition, `${name} in ${kind} and ${first.kind}`).toEqual(first.definition);
    }
  }
});

describe('ticket ids', () => {
  it.each(['PROJ-7', 'GH-123', 'add-auth-k3f9', 'a-b-C'])('takes %s', (ticket) => {
    expect(validators.spec({ ticket, title: 'x' })).toEqual([]);
  });
  it.each(['PROJ', '7-PROJ', 'PROJ-', '-7', 'PROJ--7', 'PROJ_7', 'PROJ-7/8', 'PROJ-7\n', ''])('refuses %j', (ticket) => {
    expect(validators.spec({ ticket, title: 'x' })).toHaveLength(1);
  });
});

describe('scopes', () => {
  const tasks = (scope: string) => ({ ticket: 'P-1', goal: { title: 'a', why: 'b' }, spec: '', nodes: [{ id: 'a', scope: [scope] }] });
  it.each(['src/**', 'a', 'api:src/*.ts', '**/..x', 'a..b/c', '.github/**', 'ü/**'])('takes %s', (scope) => {
    expect(validators.tasks(tasks(scope))).toEqual([]);
  });
  it.each(['', ' ', '/etc', '..', '../x', 'a/../b', 'a/..', 'api:/x', 'api:../x', 'C:/x', 'C:\\x', '..\\x', 'a\\..\\b', 'a\n/../b'])('refuses %j', (scope) => {
    expect(validators.tasks(tasks(scope))).toHaveLength(1);
  });
});

describe('the freeze', () => {
  const tasks = (spec: unknown) => ({ ticket: 'P-1', goal: { title: 'a', why: 'b' }, spec, nodes: [{ id: 'a' }] });
  it.each([['a digest', `sha256:${'0a'.repeat(32)}`], ['nothing', null], ['empty text', '']])('takes %s', (_name, spec) => {
    expect(validators.tasks(tasks(spec))).toEqual([]);
  });
  it.each(['sha256:', `sha256:${'0A'.repeat(32)}`, 'sha1:00', 7, {}, ' '])('refuses %j once', (spec) => {
    expect(validators.tasks(tasks(spec))).toMatchObject([{ path: ['spec'] }]);
  });
});

describe('moments', () => {
  const change = (at: unknown) => ({ title: 'a', impact: 'additive', status: 'proposed', history: [{ to: 'proposed', by: 'a', at }] });
  it.each(['2026-11-20T09:00:00Z', '2026-11-20T09:00Z', '2026-11-20T09:00:00.123+02:00'])('takes %s', (moment) => {
    expect(validators.change(change(moment))).toEqual([]);
  });
  it.each(['2026-11-20', '2026-11-20T09:00:00', 'yesterday', 1795165200])('refuses %j', (moment) => {
    expect(validators.change(change(moment))).toMatchObject([{ path: ['history', 0, 'at'] }]);
  });
});

/** Whether the mapping at `path` has a fixed set of keys, by the schema that governs it. */
function isClosed(path: Path, example: unknown, root: Schema): boolean {
  const value = at(example, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let candidates = branches(root, root);
  for (const key of path) candidates = candidates.flatMap(({ part, owner }) => below(part, key).flatMap((next) => branches(next, owner)));
  return candidates.some(({ part }) => part.additionalProperties === false);
}

function below(part: Schema, key: string | number): Schema[] {
  if (typeof key === 'number') return part.items ? [part.items] : [];
  const named = part.properties?.[key];
  if (named) return [named];
  return typeof part.additionalProperties === 'object' ? [part.additionalProperties] : [];
}

function branches(part: Schema, owner: Schema): { readonly part: Schema; readonly owner: Schema }[] {
  if (part.$ref) {
    const [id, name] = part.$ref.split('#/$defs/') as [string, string];
    const home = id === '' ? owner : ([...schemas.values()].find(({ $id }) => $id === id) as Schema);
    return branches(home.$defs?.[name] as Schema, home);
  }
  return part.anyOf ? part.anyOf.flatMap((branch) => branches(branch, owner)) : [{ part, owner }];
}
