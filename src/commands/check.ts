import { UserError } from '../error.ts';
import { baselineForm } from './baseline-form.ts';
import type { Command, Invocation } from './command.ts';
import { formatOf } from './report-format.ts';

export const command: Command = {
  summary: 'judge documents: the work tree, what is staged, or a range of commits',
  usage: ['check [--fix] [PATH…]', 'check --staged', 'check --all [--fix]', 'check --from REV', 'check --from REV --to REV [--squash] [--ref REF]', 'check --all --baseline write|prune', 'check … [--summary] [--format FORMAT]'],
  options: {
    staged: { type: 'boolean', help: 'what the next commit would hold, against its parents' },
    from: { type: 'string', help: 'judge commits: where the range starts; without --to the work tree, and only what came since' },
    to: { type: 'string', help: 'judge commits: the last one' },
    squash: { type: 'boolean', help: 'judge the range as the one commit that a squash merge makes of it' },
    ref: { type: 'string', help: 'the branch the commits are on; the trunk is judged commit by commit' },
    all: { type: 'boolean', help: 'every governed document of the work tree (what check without paths does, too)' },
    fix: { type: 'boolean', help: 'mend what is safe to mend in the files of the work tree, then judge' },
    baseline: { type: 'string', help: 'write: what is wrong now is known from now on; prune: take out what no longer occurs' },
    summary: { type: 'boolean', help: 'a line per ticket instead of the findings' },
    format: { type: 'string', help: 'text, json (as --json), sarif (2.1.0), or github: annotations and the summary of the step' },
  },
  async run(invocation) {
    const form = formOf(invocation);
    formatOf(invocation);
    baselineForm(invocation);
    const { Repository } = await import('../git/repository.ts');
    const repository = Repository.open(invocation.cwd);
    if (form === 'since') return (await import('./check-since.ts')).judgeSince(repository, invocation.values.from as string, invocation);
    if (form === 'range') return (await import('./judge-commits.ts')).judgeCommits(repository, invocation);
    if (form === 'staged') return (await import('./check-staged.ts')).judgeStaged(repository, invocation);
    return (await import('./check-work-tree.ts')).judgeWorkTree(repository, invocation);
  },
};

/** Throws a UserError when the options ask for two different checks. */
function formOf({ values, positionals, program }: Invocation): 'range' | 'since' | 'staged' | 'work tree' {
  const asked = [
    ...(values.from !== undefined || values.to !== undefined ? ['--from/--to'] : []),
    ...(values.staged ? ['--staged'] : []),
    ...(values.all ? ['--all'] : []),
    ...(positionals.length > 0 ? ['PATH'] : []),
  ];
  if (asked.length > 1) throw new UserError(`Unexpected ${asked.join(' with ')}, expected one of them`, `${program} check --help`);
  if (values.fix && (values.staged || asked[0] === '--from/--to')) throw new UserError(`Unexpected --fix with ${asked[0]}, expected it for files of the work tree`, `${program} check --fix`);
  if (asked[0] === '--from/--to') return isSince(values) ? 'since' : 'range';
  return values.staged ? 'staged' : 'work tree';
}

/** A start alone; a `--ref` or `--squash` is about commits. */
function isSince({ from, to, ref, squash }: Invocation['values']): boolean {
  return typeof from === 'string' && from !== '' && to === undefined && ref === undefined && !squash;
}
