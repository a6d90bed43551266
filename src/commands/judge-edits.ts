import { check } from '../check/engine.ts';
import { rules } from '../rules/index.generated.ts';
import type { Edit } from '../tree/edit.ts';
import type { Finding } from '../tree/finding.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import type { Workspace } from './workspace.ts';

/** Marks unfilled places: a draft may have them, what is frozen or accepted may not. */
const PLACEHOLDER = 'placeholder-unfilled';

/**
 * What would be wrong if these edits were made to the work tree: errors in the written files, and
 * errors elsewhere that are not there now. With `complete`, unfilled places in the written files
 * count as errors too.
 */
export function judgeEdits(workspace: Workspace, work: Tree, edits: readonly Edit[], program: string, complete = false): Finding[] {
  const before = workspace.repository.nextParents();
  const options = { rules, scope: 'changed' as const, program };
  const would = check({ before, after: new OverlayTree(work, edits) }, options).findings;
  const written = new Set(edits.map((edit) => edit.path));
  const known = new Set(check({ before, after: work }, options).findings.map(identity));
  return would.flatMap((finding) => {
    const isOwn = written.has(finding.path);
    if (complete && isOwn && finding.rule === PLACEHOLDER) return [{ ...finding, severity: 'error' as const }];
    return finding.severity === 'error' && (isOwn || !known.has(identity(finding))) ? [finding] : [];
  });
}

/** Errors of one document and its ticket as they stand, unfilled places among them; as a draft, whatever else has changed. */
export function judgeDraft(workspace: Workspace, work: Tree, path: string, program: string): Finding[] {
  const before = workspace.repository.nextParents();
  const local = rules.filter((rule) => rule.document || rule.ticket || rule.ticketStep);
  const { findings } = check({ before, after: work }, { rules: local, scope: [path], program });
  return findings.flatMap((finding) => {
    if (finding.path !== path) return [];
    if (finding.rule === PLACEHOLDER) return [{ ...finding, severity: 'error' as const }];
    return finding.severity === 'error' ? [finding] : [];
  });
}

function identity({ rule, path, message }: Finding): string {
  return JSON.stringify([rule, path, message]);
}
