import { createRequire } from 'node:module';

/**
 * The two reference parsers, loaded when first asked for: most runs need neither, and together they
 * would cost more than the rest of a check. Synchronous, so that parsing stays a plain function.
 *
 * In a build they are CommonJS bundles beside this module's chunk (entries `yaml-authority.ts` and
 * `markdown-authority.ts`); from source they are the packages themselves.
 */
const fromSource = import.meta.url.endsWith('.ts');

type Yaml = typeof import('./yaml-authority.ts');
type Markdown = typeof import('./markdown-authority.ts');

export function yamlAuthority(): Yaml {
  const load = createRequire(import.meta.url);
  return load(fromSource ? 'yaml' : './yaml-authority.cjs') as Yaml;
}

export function markdownAuthority(): Markdown {
  const load = createRequire(import.meta.url);
  if (!fromSource) return load('./markdown-authority.cjs') as Markdown;
  return {
    ...(load('mdast-util-from-markdown') as Pick<Markdown, 'fromMarkdown'>),
    ...(load('mdast-util-frontmatter') as Pick<Markdown, 'frontmatterFromMarkdown'>),
    ...(load('micromark-extension-frontmatter') as Pick<Markdown, 'frontmatter'>),
  };
}
