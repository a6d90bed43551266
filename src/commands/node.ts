import { UserError } from '../error.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import type { Command } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { stepNodes } from './node-step.ts';

const VERBS: readonly NodeVerb[] = ['start', 'done', 'complete', 'fail', 'escalate', 'skip', 'reject', 'release', 'reset'];

export const command: Command = {
  summary: 'write what happened to a node: start, done, complete, fail, escalate, skip, reject, release, reset',
  usage: [
    'node start NODE… [--by ACTOR]',
    'node done NODE --l0 OUTCOME [--l1 FILE]',
    'node complete NODE… --verdict pass --verified-by ACTOR|pr [--exit STATUS] [--red FAILING]',
    'node run NODE [--timeout SECONDS]',
    'node fail NODE --finding WHAT…',
    'node escalate|skip|reject|release|reset NODE… --reason WHY',
  ],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    by: { type: 'string', help: 'who does it; else TREEWORK_ACTOR, else git’s email and the worktree' },
    l0: { type: 'string', help: 'the outcome in one line' },
    l1: { type: 'string', help: 'a JSON file with the outcome in short: decisions, contracts, files' },
    verdict: { type: 'string', help: 'what the check of the work said: pass' },
    'verified-by': { type: 'string', help: 'who checked it: another actor than the implementer, or pr for the forge’s review' },
    finding: { type: 'string', multiple: true, help: 'what is wrong; may be given several times' },
    exit: { type: 'string', help: 'the exit status of a command node' },
    red: { type: 'string', help: 'how many tests failed before the work' },
    reason: { type: 'string', help: 'why' },
    timeout: { type: 'string', help: 'of run: seconds until the command is killed; 1800 without it' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const [action, ...nodes] = invocation.positionals;
    if (action === 'run') return (await import('./node-run.ts')).runNode(invocation, nodes);
    const verb = VERBS.find((one) => one === action);
    if (!verb) throw new UserError(`Unexpected ${action === undefined ? 'absence of an action' : `action ${action}`}, expected ${VERBS.slice(0, -1).join(', ')} or ${VERBS.at(-1)}`, `${invocation.program} node --help`, 'usage');
    return stepNodes(invocation, verb, nodes);
  },
};
