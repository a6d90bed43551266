import { join } from 'node:path';
import { FOLDER, pin, SPEC } from '../harness/governed.ts';
import type { Sandbox } from '../harness/sandbox.ts';

export const NODES = 24;
/** Of nodes that share one, only one may be in a wave. */
export const SCOPES = 16;
export const MAX = 6;

/** A repository whose ticket has many nodes that nothing orders; some have their paths in common. */
export function manyNodes(sandbox: Sandbox, execution = `{max_concurrent: ${MAX}, max_retries: 1}`): string {
  const nodes = Array.from({ length: NODES }, (_, index) => `  - {id: n${index}, covers: none, scope: ["src/${index % SCOPES}/**"]}\n`);
  return sandbox.repository('repo', {
    'WORKSPACE.md': `---\ntreework: 1\nexecution: ${execution}\nrules: {scope-disjoint: off, spec-covered: off, readme-fresh: off}\n---\n`,
    [`${FOLDER}/spec.md`]: SPEC,
    [`${FOLDER}/tasks.md`]: `---\nticket: PROJ-7\ngoal: {title: Ship it, why: Partners wait}\nspec: ${pin(SPEC)}\nnodes:\n${nodes.join('')}---\n`,
  });
}

export const records = (sandbox: Sandbox, place: string): string => join(sandbox.root, place, FOLDER, 'nodes');
