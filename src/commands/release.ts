import { UserError } from '../error.ts';
import type { Command } from './command.ts';
import { releaseGround } from './release-ground.ts';
import { openWorkspace } from './workspace.ts';

export const command: Command = {
  summary: 'make a release or a hotfix; after the merge tag it and bring it back',
  usage: ['release [VERSION] [--hotfix] [--dry-run]', 'release [VERSION] --push', 'release [VERSION] --finish [--push]', 'release [VERSION] --abort'],
  options: {
    hotfix: { type: 'boolean', help: 'from the trunk instead of what gathers for the next release; at least the next patch' },
    push: { type: 'boolean', help: 'run the gates in the worktree, and push the branch when they pass; with --finish push the tag and what it was brought back to' },
    finish: { type: 'boolean', help: 'after the merge: tag the commit that brought it, and merge that back' },
    abort: { type: 'boolean', help: 'take away branch and worktree, where nothing in them is new' },
    yes: { type: 'boolean', short: 'y', help: 'approve the commands of after_create, for this clone' },
    'dry-run': { type: 'boolean', help: 'show what would be done, and do nothing' },
  },
  async run(invocation) {
    const { values, positionals, program } = invocation;
    if (positionals.length > 1) throw new UserError(`Unexpected ${JSON.stringify(positionals[1])}, expected one version`, `${program} release ${positionals[0]}`, 'usage');
    const wishes = ['finish', 'abort', 'hotfix'].filter((name) => values[name] === true);
    if (wishes.length > 1) throw new UserError(`Unexpected --${wishes.join(' and --')}, expected one of them`, `${program} release --help`, 'usage');
    const ground = releaseGround(openWorkspace(invocation), program);
    if (values.finish === true) return (await import('./release-finish.ts')).finishRelease(ground, invocation);
    if (values.abort === true) return (await import('./release-abort.ts')).abortRelease(ground, invocation);
    if (values.push === true) return (await import('./release-push.ts')).pushRelease(ground, invocation);
    return (await import('./release-begin.ts')).beginRelease(ground, invocation);
  },
};
