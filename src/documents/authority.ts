import { createRequire } from 'node:module';

/**
 * The reference parsers and judges, loaded when first asked for: most runs need none, and together they
 * would cost more than the rest of a check. Synchronous, so that parsing stays a plain function.
 *
 * In a build they are CommonJS bundles beside this module's chunk (entries `yaml-authority.ts` and
 * `markdown-authority.ts`); from source they are the packages themselves.
 */
const fromSource = import.meta.url.endsWith('.ts');

type Yaml = typeof import('./yaml-authority.ts');
type Markdown = typeof import('./markdown-authority.ts');
type Glob = typeof import('./glob-authority.ts');
type JsonSchema = typeof import('./schema-authority.ts');
type Commits = typeof import('./commit-authority.ts');

export const yamlAuthority = once((): Yaml => {
  const load = createRequire(import.meta.url);
  return load(fromSource ? 'yaml' : './yaml-authority.cjs') as Yaml;
});

export const markdownAuthority = once((): Markdown => {
  const load = createRequire(import.meta.url);
  return load(fromSource ? 'mdast-util-from-markdown' : './markdown-authority.cjs') as Markdown;
});

export const globAuthority = once((): Glob => {
  const load = createRequire(import.meta.url);
  return fromSource ? { picomatch: load('picomatch/posix.js') as Glob['picomatch'] } : (load('./glob-authority.cjs') as Glob);
});

export const schemaAuthority = once((): JsonSchema => {
  const load = createRequire(import.meta.url);
  return load(fromSource ? 'ajv/dist/2020.js' : './schema-authority.cjs') as JsonSchema;
});

/** The package exports itself to `import` alone: from source it is loaded by its file. */
export const commitAuthority = once((): Commits => {
  const load = createRequire(import.meta.url);
  return load(fromSource ? '../../node_modules/conventional-commits-parser/dist/CommitParser.js' : './commit-authority.cjs') as Commits;
});

/** Loads at the first call and gives the same from then on. */
function once<Loaded>(load: () => Loaded): () => Loaded {
  let loaded: Loaded | undefined;
  return () => (loaded ??= load());
}
