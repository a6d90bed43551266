import { developBranch } from '../workflow/branch-names.ts';
import { refPath, type Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { parseDocument } from '../documents/parse.ts';

const PATH = 'CONTINUITY.md';

export const rule: Rule = {
  id: 'continuity-writer',
  group: 'repository',
  severity: 'error',
  needsName: true,

  *ref({ name, isTrunk, before, after }, context) {
    if (name === undefined || isTrunk || name === developBranch(context.settings)) return;
    const kind = context.settings.kinds.find((one) => one.name === 'continuity');
    const path = kind?.path ?? PATH;
    const oid = after.tree.entry(path)?.oid;
    if (before.length === 0 || before.some(({ tree }) => tree.entry(path)?.oid === oid)) return;
    if (!kind && ![after, ...before].some((snapshot) => isOurs(snapshot, path))) return;
    yield {
      path: oid === undefined ? refPath(name) : path,
      message: `Unexpected ${oid === undefined ? 'removal' : 'change'} of ${path} on branch ${name}, expected only the trunk to write it`,
      remedy: `git checkout ${context.origin} -- ${path}; what this branch has to tell goes into its ticket's checkpoints/`,
    };
  },
};

/** Where the kind is not switched on, somebody's own file of this name is nobody's business. */
function isOurs({ tree }: Snapshot, path: string): boolean {
  const bytes = tree.read(path);
  return bytes !== undefined && typeof parseDocument(bytes).data?.title === 'string';
}
