/** A kind as `kinds` of WORKSPACE.md describes it. */
export interface KindEntry {
  /** Which files are of this kind. */
  readonly path?: string;
  /** JSON Schema of the frontmatter; `.treework/schemas/<kind>.schema.json` when absent. */
  readonly schema?: string;
  /** What `new` makes a document from; `.treework/generators/<kind>.md` when absent. */
  readonly template?: string;
  /** Headings that a document must have, in this order. */
  readonly sections?: readonly string[];
  /** Keys whose values differ between all files of the kind. */
  readonly unique?: readonly string[];
  /** Most tokens of one file, by `tokensIn`. */
  readonly tokens?: number;
  /** `requirements`: the rules of requirements judge it. `delta`: it adds, modifies, removes or renames those of the file at `of`. */
  readonly holds?: 'requirements' | 'delta';
  /** Path of the file that a delta changes; the same places stand for the same parts. */
  readonly of?: string;
}

/**
 * The kinds that treework ships, switched on by their names under `kinds`, where each part can be
 * overridden. Their schemas and templates are the package's own: `schemas/<kind>.schema.json` and
 * `generators/<kind>.md`. `{{capabilities}}` is the folder of the layout.
 */
export const PRESETS: Readonly<Record<string, KindEntry & { readonly path: string }>> = {
  plan: { path: '.plans/{{slug}}.md' },
  continuity: { path: 'CONTINUITY.md' },
  planning: { path: 'planning/{{slug}}/{{document}}.md' },
  knowledge: { path: 'docs/knowledge/{{slug}}.md' },
  operation: { path: 'docs/operations/{{slug}}/OPERATION.md' },
  release: { path: 'docs/releases/{{version}}.md', unique: ['version'] },
  capability: { path: '{{capabilities}}/{{slug}}.md', holds: 'requirements' },
  skill: { path: '.claude/skills/{{slug}}/SKILL.md', unique: ['name'] },
  agent: { path: '.claude/agents/{{slug}}.md', unique: ['name'] },
};
