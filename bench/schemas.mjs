/** The shapes of the corpus for the peers: JSON Schema for remark, CUE for mdsmith. Both say the same. */

const text = { type: 'string', minLength: 1 };
const TICKET = '^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$';
const DIGEST = '^sha256:[0-9a-f]{64}$';

function closed(required, optional = {}) {
  return { type: 'object', additionalProperties: false, required: Object.keys(required), properties: { ...required, ...optional } };
}

const ticket = { type: 'string', pattern: TICKET };
const texts = { type: 'array', items: text };

/** JSON Schema by kind. */
export const SCHEMAS = {
  spec: closed({ ticket, title: text }, { 'x-area': text }),
  tasks: closed({
    ticket,
    goal: closed({ title: text, why: text }),
    spec: { type: 'string', pattern: DIGEST },
    nodes: { type: 'array', minItems: 1, items: closed({ id: { type: 'string', pattern: '^[a-z0-9-]+$' } }, { title: text, scope: texts, depends_on: texts }) },
  }),
  change: closed({
    title: text,
    impact: { enum: ['additive', 'blocking', 'replacing'] },
    status: { enum: ['proposed', 'accepted', 'rejected', 'reverted'] },
    history: { type: 'array', minItems: 1, items: closed({ to: text, by: text, at: text }) },
  }),
};

/** Where the documents of a kind are. */
export const PATTERNS = {
  spec: 'docs/specs/*/spec.md',
  tasks: 'docs/specs/*/tasks.md',
  change: 'docs/specs/*/changes/*.md',
};

/** `.remarkrc.mjs`: frontmatter and its schema, nothing else, so that no style rule costs time. */
export function remarkConfiguration() {
  const schemas = Object.fromEntries(Object.entries(PATTERNS).map(([kind, pattern]) => [`./.schemas/${kind}.schema.json`, [pattern]]));
  return `import remarkFrontmatter from 'remark-frontmatter';\nimport rlFmSchema from 'remark-lint-frontmatter-schema';\n`
    + `export default { plugins: [remarkFrontmatter, [rlFmSchema, { schemas: ${JSON.stringify(schemas)} }]] };\n`;
}

/** `.mdsmith.yml`: the schema rule alone, so that no style rule costs time. `rules` are all that the binary has. */
export function mdsmithConfiguration(rules) {
  const off = rules.filter((rule) => rule !== 'required-structure').map((rule) => `  ${rule}: false\n`).join('');
  return `rules:\n${off}  required-structure: true\n${MDSMITH_KINDS}`;
}

const MDSMITH_KINDS = `kinds:
  spec:
    schema:
      frontmatter:
        ticket: '=~"${TICKET}"'
        title: 'string & != ""'
        x-area?: 'string'
  tasks:
    schema:
      frontmatter:
        ticket: '=~"${TICKET}"'
        goal: '{title: string, why: string}'
        spec: '=~"${DIGEST}"'
        nodes: '[...{id: =~"^[a-z0-9-]+$", title?: string, scope?: [...string], depends_on?: [...string]}]'
  change:
    schema:
      frontmatter:
        title: 'string & != ""'
        impact: '"additive" | "blocking" | "replacing"'
        status: '"proposed" | "accepted" | "rejected" | "reverted"'
        history: '[...{to: string, by: string, at: string}]'
kind-assignment:
${Object.entries(PATTERNS).map(([kind, pattern]) => `  - glob: ["${pattern}"]\n    kinds: [${kind}]\n`).join('')}`;

/** `.markdownlint-cli2.jsonc`: its own defaults without the line length, which the corpus does not keep. */
export const MARKDOWNLINT_CONFIGURATION = `{ "config": { "default": true, "MD013": false }, "globs": ["docs/**/*.md"], "noBanner": true, "noProgress": true }\n`;
