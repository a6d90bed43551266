import { placeOf } from '../documents/place.ts';
import type { ChangedPath } from '../tree/tree.ts';
import { isLongLived } from '../workflow/branch-names.ts';
import { generatedFiles, isLockFile } from '../workflow/generated-files.ts';
import { refPath, type RefStep, type Rule } from '../workflow/rule.ts';

const DOCUMENT = /\.(?:md|mdx|markdown|rst|adoc)$/i;

export const rule: Rule = {
  id: 'review-size',
  group: 'repository',
  severity: 'warning',
  offIn: ['trunk'],

  *ref(step, { settings, program }) {
    const { after, before, isTrunk, name } = step;
    if (isTrunk || before.length === 0 || (name !== undefined && isLongLived(name, settings))) return;
    const written = step.changed.filter(({ path }) => !DOCUMENT.test(path) && !isLockFile(path) && placeOf(settings, path) === undefined);
    const isGenerated = written.length === 0 ? undefined : generatedFiles(after.tree, written.map(({ path }) => path));
    const counted = written.filter(({ path }) => !isGenerated?.(path));
    const { maxFiles, maxLines } = settings.review;
    const lines = counted.length > maxFiles ? 0 : counted.reduce((sum, one) => sum + linesChanged(one, step), 0);
    if (counted.length <= maxFiles && lines <= maxLines) return;
    const [is, most] = counted.length > maxFiles ? [`${counted.length} files`, `${maxFiles}`] : [`${lines} lines`, `${maxLines}`];
    yield {
      path: refPath(name),
      message: `Unexpected size of ${is} to review, expected at most ${most} (review in WORKSPACE.md)`,
      remedy: `${program} split makes a stack of smaller branches of it; documents, lock files and generated files do not count`,
    };
  },
};

/** Lines of either side that the other lacks; one that only moved counts for nothing, as does what is no text. */
function linesChanged({ path }: ChangedPath, { before, after }: RefStep): number {
  const counts = new Map<string, number>();
  const add = (text: string | undefined, by: number) => {
    if (text === undefined || text.includes('\0')) return;
    for (const line of text.replace(/\r?\n$/, '').split('\n')) counts.set(line, (counts.get(line) ?? 0) + by);
  };
  add(before[0]?.tree.read(path)?.toString(), -1);
  add(after.tree.read(path)?.toString(), 1);
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}
