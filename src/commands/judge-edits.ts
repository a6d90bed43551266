import { check } from '../check/engine.ts';
import { rules } from '../rules/index.generated.ts';
import type { Edit } from '../tree/edit.ts';
import type { Finding } from '../tree/finding.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import type { Workspace } from './workspace.ts';

/** Marks unfilled places: a draft may have them, what is frozen or accepted may not. */
const PLACEHOLDER = 'placeholder-unfilled';

/** How strictly the written files are judged: `draft` refuses every error in them, `new` what is not wrong already, `any` tells warnings too. */
export type Strictness = 'draft' | 'new' | 'any';

/**
 * What would be wrong if these edits were made to the work tree: in the written files as
 * `strictness` says, and elsewhere every error that is not there now.
 */
export function judgeEdits(workspace: Workspace, work: Tree, edits: readonly Edit[], program: string, strictness: Strictness = 'draft'): Finding[] {
  const before = workspace.repository.nextParents();
  const options = { rules, scope: 'changed' as const, program };
  const would = check({ before, after: new OverlayTree(work, edits) }, options).findings;
  const written = new Set(edits.map((edit) => edit.path));
  const known = new Set(check({ before, after: work }, options).findings.filter(isError).map(identity));
  return would.filter((finding) => {
    const isOwn = strictness !== 'new' && written.has(finding.path);
    if (isOwn && strictness === 'any') return true;
    return isError(finding) && (isOwn || !known.has(identity(finding)));
  });
}

/**
 * Every error of state that these edits would make in the files and tickets that they touch; where they
 * make the first file there, every error, since what does not pass is not begun. Nothing of a step, for
 * which the next commit's judge has the parents. Asks git for nothing when `files` does not.
 */
export function judgeState(files: Tree, edits: readonly Edit[], program: string): Finding[] {
  const options = { rules, scope: edits.map((edit) => edit.path), program };
  const would = check({ before: [], after: new OverlayTree(files, edits) }, options).findings.filter(isError);
  if (would.length === 0) return [];
  const known = new Set(check({ before: [], after: files }, options).findings.filter(isError).map(identity));
  return would.filter((finding) => !known.has(identity(finding)));
}

/** Errors of one document as it stands, unfilled places among them. */
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

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function identity({ rule, path, message }: Finding): string {
  return JSON.stringify([rule, path, message]);
}
