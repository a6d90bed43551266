import { resolve } from 'node:path';
import { UserError } from '../error.ts';
import { recallAudit } from '../git/audit-recall.ts';
import { BUILD } from '../version.ts';
import type { Command, Invocation, Outcome } from './command.ts';

export const command: Command = {
  summary: 'judge documents: the work tree, what is staged, or a range of commits',
  usage: ['check [--fix] [PATH…]', 'check --staged', 'check --all [--fix]', 'check --from REV --to REV [--squash] [--ref REF]'],
  options: {
    staged: { type: 'boolean', help: 'what the next commit would hold, against its parents' },
    from: { type: 'string', help: 'judge commits: where the range starts' },
    to: { type: 'string', help: 'judge commits: the last one' },
    squash: { type: 'boolean', help: 'judge the range as the one commit that a squash merge makes of it' },
    ref: { type: 'string', help: 'the branch the commits are on; the trunk is judged commit by commit' },
    all: { type: 'boolean', help: 'every governed document of the work tree (what check without paths does, too)' },
    fix: { type: 'boolean', help: 'mend what is safe to mend in the files of the work tree, then judge' },
  },
  async run(invocation) {
    const form = formOf(invocation);
    const known = form === 'work tree' ? await knownAnswer(invocation) : undefined;
    if (known) return known;
    const { Repository } = await import('../git/repository.ts');
    const repository = Repository.open(invocation.cwd);
    if (form === 'range') return (await import('./judge-commits.ts')).judgeCommits(repository, invocation);
    if (form === 'staged') return (await import('./check-staged.ts')).judgeStaged(repository, invocation);
    return (await import('./check-work-tree.ts')).judgeWorkTree(repository, invocation);
  },
};

/** The answer of the last audit, as long as nothing has changed since. */
async function knownAnswer({ cwd, positionals, values, program, color }: Invocation): Promise<Outcome | undefined> {
  if (positionals.length > 0 || values.fix) return undefined;
  const known = await recallAudit(cwd, BUILD, program);
  if (!known) return undefined;
  const { next_action: next } = known.json as Outcome['json'];
  // It may have been asked from another folder.
  const json = next ? { ...known.json, next_action: { ...next, cwd: resolve(cwd) } } : known.json;
  return { exit: known.exit, json, text: color ? known.coloredText : known.text };
}

/** Throws a UserError when the options ask for two different checks. */
function formOf({ values, positionals, program }: Invocation): 'range' | 'staged' | 'work tree' {
  const asked = [
    ...(values.from !== undefined || values.to !== undefined ? ['--from/--to'] : []),
    ...(values.staged ? ['--staged'] : []),
    ...(values.all ? ['--all'] : []),
    ...(positionals.length > 0 ? ['PATH'] : []),
  ];
  if (asked.length > 1) throw new UserError(`Unexpected ${asked.join(' with ')}, expected one of them`, `${program} check --help`);
  if (values.fix && (values.staged || asked[0] === '--from/--to')) throw new UserError(`Unexpected --fix with ${asked[0]}, expected it for files of the work tree`, `${program} check --fix`);
  if (asked[0] === '--from/--to') return 'range';
  return values.staged ? 'staged' : 'work tree';
}
