import type { NewCommit } from '../tree/tree.ts';
import { developBranch } from '../workflow/branch-names.ts';
import { refPath, type Report, type Rule, type RuleContext } from '../workflow/rule.ts';

export const rule: Rule = {
  id: 'protected-branch',
  group: 'repository',
  severity: 'error',
  offIn: ['trunk'],
  everyMessage: true,
  needsName: true,

  *commit({ branch, commit }, context) {
    if (commit === undefined && branch !== undefined && isProtected(branch, false, context)) yield report(branch, 'commit');
  },

  *ref(step, context) {
    if (step.name === undefined || step.before.length === 0 || !isProtected(step.name, step.isTrunk, context)) return;
    const direct = step.commits.filter(({ parents }) => parents.length < 2);
    if (direct.length > 0) yield report(step.name, described(direct));
  },
};

/** Where nobody said which branch is the trunk, `main` and `master` are. */
function isProtected(name: string, isTrunk: boolean, { settings }: RuleContext): boolean {
  const trunks = settings.trunk === undefined ? ['main', 'master'] : [settings.trunk];
  return isTrunk || trunks.includes(name) || name === developBranch(settings);
}

function described(commits: readonly NewCommit[]): string {
  const [{ oid, message }] = commits as [NewCommit];
  const others = commits.length > 1 ? ` and ${commits.length - 1} more` : '';
  return `commit ${oid.slice(0, 10)} "${(message.split('\n')[0] as string).slice(0, 60)}"${others}`;
}

function report(branch: string, what: string): Report {
  return {
    path: refPath(branch),
    message: `Unexpected ${what} directly on ${branch}, expected only merges of reviewed branches`,
    remedy: `git switch -c TICKET--slug keeps what you have; it reaches ${branch} by git merge --no-ff or a pull request`,
  };
}
