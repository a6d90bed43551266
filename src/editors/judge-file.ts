import { check } from '../check/engine.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { FileTree } from '../git/file-tree.ts';
import { trackedIn } from '../git/work-root.ts';
import { rules } from '../rules/index.generated.ts';
import type { Finding } from '../tree/finding.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';

/**
 * What is to be said of one file as if it held `content`, by what lies around it in its work tree:
 * the state that `check` would find, without comparing it with any commit. Nothing, where no
 * WORKSPACE.md governs the file or it is of no kind.
 */
export function judgeFile(root: string, path: string, content: Buffer, program: string): readonly Finding[] {
  const settings = settingsIn(new OverlayTree(new FileTree(root), [{ path, content }]));
  if (!settings || !placeOf(settings, path)) return [];
  const files = new FileTree(root, { roots: governedRoots(settings), tracked: () => trackedIn(root) });
  const tree = new OverlayTree(files, [{ path, content }]);
  // Findings of a document name lines of WORKSPACE.md.
  return check({ before: [], after: tree }, { rules, scope: [path], program, about: new Set([path, WORKSPACE_PATH]) }).findings.filter((finding) => finding.path === path);
}
