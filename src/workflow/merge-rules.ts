import { SETS } from '../documents/generated/sets.ts';
import { validators } from '../documents/generated/validators.js';
import type { DocumentKind } from '../documents/place.ts';
import { isMapping, type MergeRules } from './merge-plan.ts';
import type { FrontmatterRules } from './merge-frontmatter.ts';
import { taskNodes } from './task-tree.ts';

/** What merging documents of a kind has to know; of no kind, or one of the repository's own: what holds for any document. */
export function mergeRulesOf(kind: DocumentKind | undefined, lines: MergeRules['lines']): FrontmatterRules {
  const known = kind !== undefined && Object.hasOwn(validators, kind) ? (kind as keyof typeof validators) : undefined;
  const sets: readonly string[] = known === undefined ? [] : SETS[known];
  return {
    lines,
    isSet: (steps) => sets.includes(steps.at(-1) ?? '') || sets.includes(`${steps.at(-2) ?? ''}/*`),
    isSound(data) {
      if (known === undefined) return true;
      if (validators[known](data).length > 0) return false;
      if (known !== 'tasks' || !isMapping(data)) return true;
      const ids = taskNodes(data).map(({ id }) => id);
      return new Set(ids).size === ids.length;
    },
  };
}
