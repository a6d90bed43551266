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

/** Definitions are inlined, so that an error's schema path tells which branch of a union it came from; recursive ones stay. */
function forAjv(schema, schemas) {
  const { $id, $defs = {}, ...root } = schema;
  const inline = (part) => withoutRefs(part, (ref) => (isRecursive(ref, schemas) ? undefined : resolve(ref, schemas).definition));
  const recursive = Object.entries($defs).filter(([name]) => isRecursive(`${$id}#/$defs/${name}`, schemas));
  const definitions = Object.fromEntries(recursive.map(([name, definition]) => [name, inline(definition)]));
  return { $id, ...withoutAnnotations({ ...inline(root), $defs: definitions }) };
}

function isRecursive(ref, schemas) {
  const seen = new Set();
  const visit = (part) => {
    for (const [, next] of JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(resolve(next, schemas).definition);
    }
  };
  visit(resolve(ref, schemas).definition);
  return seen.has(ref);
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
  for (const schema of schemas.values()) ajv.addSchema(forAjv(schema, schemas));
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

/**
 * The same code in a third of the bytes: errors are made by one function and pushed in one
 * expression, equal parameters are one constant, and only errors inside a union keep a schema path.
 */
function shortened(code) {
  const constants = new Map();
  const constant = (params) => {
    if (!constants.has(params)) constants.set(params, `params${constants.size}`);
    return constants.get(params);
  };
  const pushed = code.replace(
    /const (err\d+) = \{instancePath(?::(.*?))?,schemaPath:(.*?),keyword:(".*?"),params:(.*?)(?:,propertyName: ?(.*?))?\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/g,
    (_whole, _name, place = 'instancePath', schemaPath, keyword, params, propertyName) => {
      const literal = isLiteral(params) ? constant(params) : params;
      const branch = schemaPath.includes('/anyOf') ? schemaPath : 'undefined';
      return `(vErrors ??= []).push(rawError(${[place, keyword, literal, branch, propertyName].filter(Boolean).join(', ')}));`;
    },
  );
  const declarations = [...constants].map(([params, name]) => `const ${name} = ${params};`);
  return [RAW_ERROR, ...declarations, pushed].join('\n');
}

const RAW_ERROR = 'const rawError = (instancePath, keyword, params, schemaPath, propertyName) => ({ instancePath, keyword, params, schemaPath, propertyName });';

/** Whether the source of an object names nothing outside itself. */
function isLiteral(source) {
  const words = source.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/[A-Za-z_$][\w$]*(?!\w*\s*:)/g);
  return (words ?? []).every((word) => word === 'true' || word === 'false' || word === 'null');
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
    `export type { ShapeError };`,
    '',
    '/** What is wrong with the shape of frontmatter, in no particular order; empty when nothing is. Never throws. */',
    'export const validators: Readonly<Record<DocumentKind, (data: unknown) => ShapeError[]>>;',
    '',
  ].join('\n');
}
