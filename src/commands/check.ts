import { check, type CheckResult, type Scope } from '../check/engine.ts';
import { governedRoots } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { Repository } from '../git/repository.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { textReport } from '../render/text-report.ts';
import { rules } from '../rules/index.generated.ts';
import type { Tree } from '../tree/tree.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { judgeCommits } from './judge-commits.ts';

export const command: Command = {
  summary: 'judge documents: the work tree, what is staged, or a range of commits',
  usage: ['check [PATH…]', 'check --staged', 'check --all', 'check --from REV --to REV [--squash] [--ref REF]'],
  options: {
    staged: { type: 'boolean', help: 'what the next commit would hold, against its parents' },
    from: { type: 'string', help: 'judge commits: where the range starts' },
    to: { type: 'string', help: 'judge commits: the last one' },
    squash: { type: 'boolean', help: 'judge the range as the one commit that a squash merge makes of it' },
    ref: { type: 'string', help: 'the branch the commits are on; the trunk is judged commit by commit' },
    all: { type: 'boolean', help: 'every governed document of the work tree' },
  },
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    if (invocation.values.from !== undefined || invocation.values.to !== undefined) return judgeCommits(repository, invocation);
    return invocation.values.staged ? judgeStaged(repository, invocation) : judgeWorkTree(repository, invocation);
  },
};

/** The index against the parents that the next commit will have. Throws a UserError for an unmerged index. */
export function judgeStaged(repository: Repository, invocation: Pick<Invocation, 'program' | 'color'>): Outcome {
  const [before, after] = [repository.nextParents(), repository.indexTree()];
  return outcome(check({ before, after }, { rules, scope: 'changed', program: invocation.program }), after, invocation);
}

async function judgeWorkTree(repository: Repository, invocation: Invocation): Promise<Outcome> {
  const before = repository.nextParents();
  const roots = rootsOf(before);
  const scope: Scope = invocation.positionals.length > 0 ? invocation.positionals.map((path) => fromRoot(repository, path)) : 'all';
  return withWorkTree(repository, roots, (after) =>
    outcome(check({ before, after }, { rules, scope, program: invocation.program }), after, invocation),
  );
}

/** What is governed by the work tree's own WORKSPACE.md and by the last commit's. */
function rootsOf(before: readonly Tree[]): string[] {
  const settings = before.flatMap((tree) => settingsIn(tree) ?? []);
  return [...new Set(['WORKSPACE.md', ...settings.flatMap(governedRoots)])];
}

function fromRoot(repository: Repository, path: string): string {
  return `${repository.prefix}${path}`;
}

/** The answer of every form of check. Throws a UserError when nothing was governed: no check is not a pass. */
export function outcome(result: CheckResult, after: Tree, invocation: Pick<Invocation, 'program' | 'color'>): Outcome {
  if (!result.governed) {
    throw new UserError('Unexpected repository without WORKSPACE.md, expected one that treework governs', `${invocation.program} init`, 'not-governed');
  }
  after.prefetch(result.findings.map(({ path }) => path));
  const sources = new Map(result.findings.map(({ path }) => [path, after.read(path)?.toString()]));
  const failed = result.findings.some((finding) => finding.severity === 'error');
  return {
    exit: failed ? 1 : 0,
    json: { findings: result.findings, waived: result.waived, checked: { documents: result.documents, tickets: result.tickets } },
    text: () => textReport(result, (path) => sources.get(path), invocation.color),
  };
}
