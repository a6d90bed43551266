import { isLongLived } from '../workflow/branch-names.ts';
import { reviewSize } from '../workflow/review-size.ts';
import { refPath, type Rule } from '../workflow/rule.ts';

export const rule: Rule = {
  id: 'review-size',
  group: 'repository',
  severity: 'warning',
  offIn: ['trunk'],

  *ref(step, { settings, program }) {
    const { after, before: [base], isTrunk, name } = step;
    if (isTrunk || !base || (name !== undefined && isLongLived(name, settings))) return;
    const { excess } = reviewSize({ before: base.tree, after: after.tree, changed: step.changed }, settings);
    if (!excess) return;
    yield {
      path: refPath(name),
      message: `Unexpected size of ${excess.is} to review, expected at most ${excess.most} (review in WORKSPACE.md)`,
      remedy: `${program} split makes a stack of smaller branches of it; documents, lock files and generated files do not count`,
    };
  },
};
