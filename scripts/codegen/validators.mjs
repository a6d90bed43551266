import { createRequire } from 'node:module';
import { join } from 'node:path';
import Ajv from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { rolldown } from 'rolldown';
import { resolve, withoutAnnotations, withoutRefs } from './schema.mjs';

const require = createRequire(import.meta.url);
const { _, stringify } = require('ajv/dist/compile/codegen');
const vocabulary = (path) => require(`ajv/dist/vocabularies/${path}`).default;

/** What a message needs to know is put into the error, so that the schemas need not be shipped to explain it. */
const ERROR_PARAMS = [
  [vocabulary('validation/enum'), (cxt) => _`{allowedValues: ${stringify(cxt.schema)}}`],
  [vocabulary('validation/pattern'), (cxt) => _`{expected: ${cxt.parentSchema['x-expected'] ?? `text that matches ${cxt.schema}`}}`],
  [vocabulary('applicator/anyOf'), (cxt) => _`{expected: ${cxt.parentSchema['x-expected'] ?? ''}}`],
];

/** `additionalProperties: false` beside `^x-`: ajv's own code would ship the schema of every larger mapping. */
const KNOWN_KEYS = {
  keyword: 'additionalProperties',
  code(cxt) {
    const { gen, data, schema, parentSchema } = cxt;
    const names = Object.keys(parentSchema.properties ?? {});
    const patterns = Object.keys(parentSchema.patternProperties ?? {});
    if (schema !== false || patterns.join() !== '^x-') return vocabulary('applicator/additionalProperties').code(cxt);
    const code = _`new Set(${stringify(names)})`;
    const known = gen.scopeValue('obj', { ref: new Set(names), key: names.join(), code });
    gen.forIn('key', data, (key) =>
      gen.if(_`!${known}.has(${key}) && !${key}.startsWith("x-")`, () => {
        cxt.setParams({ additionalProperty: key, known });
        cxt.error();
      }),
    );
  },
  error: {
    params: ({ params }) => _`{additionalProperty: ${params.additionalProperty}, allowed: [...${params.known}]}`,
  },
};

/** Untitled definitions are inlined, so that an error's schema path tells which branch of a union it came from. */
export function forAjv(kind, schemas) {
  const { $id } = schemas.get(kind);
  const used = new Map();
  const inline = (schema) =>
    withoutRefs(schema, (ref) => {
      const { definition, owner, name } = resolve(ref, kind, schemas);
      if (!isRecursive(definition, owner, name, schemas)) return definition;
      if (!used.has(name)) {
        used.set(name, undefined);
        used.set(name, inline(definition));
      }
      return undefined;
    });
  const { $defs: _defs, ...root } = schemas.get(kind);
  const inlined = inline(root);
  const local = withoutRefs(inlined, () => undefined);
  return { $id, ...withoutAnnotations(localRefs({ ...local, $defs: Object.fromEntries(used) })) };
}

function isRecursive(definition, owner, name, schemas, seen = new Set()) {
  for (const [, ref] of JSON.stringify(definition).matchAll(/"\$ref":"([^"]+)"/g)) {
    const target = resolve(ref, owner, schemas);
    if (target.owner === owner && target.name === name) return true;
    const id = `${target.owner}#${target.name}`;
    if (seen.has(id)) continue;
    seen.add(id);
    if (isRecursive(target.definition, owner, name, schemas, seen)) return true;
  }
  return false;
}

function localRefs(schema) {
  return JSON.parse(JSON.stringify(schema).replace(/"\$ref":"[^"#]*#/g, '"$ref":"#'));
}

function compiler() {
  const ajv = new Ajv({ strict: true, allErrors: true, messages: false, code: { source: true, esm: true } });
  ajv.addVocabulary(['x-expected']);
  const own = ERROR_PARAMS.map(([definition, params]) => ({ ...definition, error: { ...definition.error, params } }));
  for (const definition of [...own, { ...vocabulary('applicator/additionalProperties'), ...KNOWN_KEYS }]) {
    ajv.removeKeyword(definition.keyword);
    ajv.addKeyword(definition);
  }
  return ajv;
}

/** The validators of all kinds as one module that imports nothing. */
export async function validatorsSource(schemas, root) {
  const ajv = compiler();
  for (const kind of schemas.keys()) ajv.addSchema(forAjv(kind, schemas));
  const ids = Object.fromEntries([...schemas].map(([kind, { $id }]) => [kind, $id]));
  const kinds = [...schemas.keys()].map((kind) => `  ${kind}: validator(raw.${kind}),`).join('\n');
  const modules = {
    'treework:entry': [
      `import * as raw from 'treework:raw';`,
      `import { validator } from ${JSON.stringify(join(root, 'src/documents/shape-error.ts'))};`,
      `export const validators = {\n${kinds}\n};`,
    ].join('\n'),
    'treework:raw': shortened(standalone(ajv, ids)),
  };
  const source = await bundle(modules, root);
  const leftover = /\brequire\(|\bschema\d+ =|^import /m.exec(source);
  if (leftover) throw new Error(`Unexpected \`${leftover[0]}\` in the validators, expected a module that stands alone`);
  return source;
}

/** The same code in half the bytes: errors are pushed in one expression; only those inside a union need a schema path. */
function shortened(code) {
  const pushes = /const (err\d+) = (\{instancePath:.*?\});if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/g;
  return code
    .replace(pushes, '(vErrors ??= []).push($2);')
    .replace(/schemaPath:("[^"]*"),/g, (whole, path) => (path.includes('/anyOf') ? whole : ''));
}

async function bundle(modules, root) {
  const build = await rolldown({
    cwd: root,
    input: 'treework:entry',
    treeshake: true,
    plugins: [
      {
        name: 'virtual',
        resolveId: (id) => (id in modules ? id : undefined),
        load: (id) => modules[id],
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', comments: false, minify: true });
  await build.close();
  return output[0].code.replaceAll(/^\s*\/\/#(?:end)?region.*\n/gm, '').trim() + '\n';
}

export function validatorDeclarations() {
  return [
    `import type { ShapeError } from '../shape-error.ts';`,
    `import type { DocumentKind } from './types.ts';`,
    '',
    '/** What is wrong with the shape of frontmatter, in no particular order; empty when nothing is. Never throws. */',
    'export const validators: Readonly<Record<DocumentKind, (data: unknown) => ShapeError[]>>;',
    '',
  ].join('\n');
}
