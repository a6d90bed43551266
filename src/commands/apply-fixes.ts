import { join } from 'node:path';
import type { CheckResult } from '../check/engine.ts';
import { applyEdits } from '../git/apply.ts';
import { pathExists, readBytes } from '../git/files.ts';
import type { Repository } from '../git/repository.ts';
import { withWorkTree } from '../git/work-tree.ts';
import type { Edit } from '../tree/edit.ts';
import type { Finding, Fix } from '../tree/finding.ts';
import type { Tree } from '../tree/tree.ts';

/** A fix may make room for another one in the same file; more rounds than this are a rule's bug. */
const MOST_ROUNDS = 20;

/** Applies safe fixes in the work tree until none is left; returns the paths that changed. */
export async function applyFixes(repository: Repository, roots: readonly string[], judge: (after: Tree) => CheckResult): Promise<string[]> {
  const changed = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const findings = await withWorkTree(repository, roots, (after) => judge(after).findings);
    const edits = editsFor(repository, findings);
    if (edits.length === 0) return [...changed];
    applyEdits(repository, edits);
    for (const { path } of edits) changed.add(path);
  }
  return [...changed];
}

/** One edit a file: the next round sees what is left. */
function editsFor(repository: Repository, findings: readonly Finding[]): Edit[] {
  const byPath = new Map<string, Edit>();
  for (const { fix, edits = [] } of findings) {
    for (const edit of [fix && replacement(repository, fix), ...edits.map((one) => asOnDisk(repository, one))]) if (edit) byPath.set(edit.path, edit);
  }
  return [...byPath.values()];
}

/** A rule sees a file as git stores it: on disk its lines may end with CRLF. undefined when another text stands there now. */
function replacement(repository: Repository, fix: Fix): Edit | undefined {
  const bytes = readBytes(join(repository.workRoot, fix.path));
  if (!bytes) return undefined;
  const text = bytes.toString();
  if (text === fix.from) return { path: fix.path, content: fix.to, expect: bytes };
  if (text.replaceAll('\r\n', '\n') === fix.from) return { path: fix.path, content: fix.to.replaceAll('\n', '\r\n'), expect: bytes };
  return undefined;
}

/** undefined where something else stands on disk than a rule saw, an ignored file for one. */
function asOnDisk(repository: Repository, edit: Edit): Edit | undefined {
  const path = join(repository.workRoot, edit.path);
  if (!Buffer.isBuffer(edit.expect)) return pathExists(path) ? undefined : edit;
  const bytes = readBytes(path);
  const isSame = bytes && (bytes.equals(edit.expect) || bytes.toString().replaceAll('\r\n', '\n') === edit.expect.toString());
  return isSame ? { ...edit, expect: bytes } : undefined;
}
