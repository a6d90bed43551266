import { UserError } from '../error.ts';
import { openOperation } from '../git/operation.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, WRITE_OPTIONS } from './inputs.ts';
import { planOf } from './restack-gather.ts';
import { abortRestack, continueRestack, proceed, settle } from './restack-run.ts';
import { inModule, withModules } from './restack-modules.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'bring a stack of branches back upon what it stands on, after that moved, was amended or was merged',
  usage: ['restack [BRANCH] [--merge] [--dry-run]', 'restack --continue [--module NAME]', 'restack --abort [--module NAME]'],
  options: {
    ticket: { type: 'string', help: 'the ticket whose stack is meant; otherwise the branch that is checked out says it' },
    merge: { type: 'boolean', help: 'merge what a branch stands on into it, for those who must not force-push: no commit is made anew' },
    continue: { type: 'boolean', help: 'go on after a conflict was mended and added' },
    abort: { type: 'boolean', help: 'give a stopped restack up: everything is as it was before' },
    module: { type: 'string', help: 'in this module alone; without it in the modules that have branches of the stack, too' },
    'no-verify': { type: 'boolean', help: 'move the branches whatever rules say of them; a push is judged all the same' },
    'no-gpg-sign': { type: 'boolean', help: 'leave commits that are made anew without a signature, whatever commit.gpgsign says' },
    'dry-run': WRITE_OPTIONS['dry-run'],
  },
  async run(invocation) {
    const form = formOf(invocation);
    const workspace = openWorkspace(invocation);
    const module = lineOf(invocation.values, 'module');
    if (module !== undefined) return restackIn(inModule(workspace, module, invocation), invocation, form);
    const outcome = await restackIn(workspace, invocation, form);
    return form === 'abort' || outcome.exit !== 0 ? outcome : withModules(workspace, invocation, outcome, (there, asked) => restackIn(there, asked, 'begin'));
  },
};

async function restackIn(workspace: Workspace, invocation: Invocation, form: Form): Promise<Outcome> {
  const open = openOperation(workspace.repository, 'restack');
  if (form === 'begin') {
    if (open) settle(workspace, invocation, open);
    return proceed(workspace, invocation, { plan: planOf(workspace, invocation, invocation.values.merge === true ? 'merge' : 'rewrite'), resolutions: [] });
  }
  if (!open) throw new UserError(`Unexpected --${form}, expected a restack that stopped: none is under way`, `${invocation.program} restack`, 'nothing-open');
  return form === 'abort' ? abortRestack(workspace, invocation, open) : continueRestack(workspace, invocation, open);
}

type Form = 'begin' | 'continue' | 'abort';

function formOf({ values, positionals, program }: Invocation): Form {
  const asked = ['continue', 'abort', 'merge', 'dry-run'].filter((name) => values[name] === true);
  if (positionals.length > 1) throw new UserError(`Unexpected ${JSON.stringify(positionals[1])}, expected one branch`, `${program} restack --help`, 'usage');
  if (!values.continue && !values.abort) return 'begin';
  if (asked.length > 1 || positionals.length > 0) throw new UserError(`Unexpected ${[...asked.map((name) => `--${name}`), ...positionals].join(' with ')}, expected it alone`, `${program} restack --help`, 'usage');
  return values.abort ? 'abort' : 'continue';
}
