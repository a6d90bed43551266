import { UserError } from '../error.ts';
import { withAccount } from '../workflow/full-account.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import type { Command } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { accountGiven } from './node-evidence.ts';
import { stepNodes } from './node-step.ts';

const VERBS: readonly NodeVerb[] = ['start', 'done', 'complete', 'approve', 'fail', 'escalate', 'skip', 'reject', 'release', 'reset'];

export const command: Command = {
  summary: 'write what happened to a node: start, done, complete, approve, fail, escalate, skip, reject, release, reset',
  usage: [
    'node add NODE [--under PHASE] [--before NODE | --after NODE] [--title TITLE] [--depends-on NODE]… [--covers NAME]… [--scope PATTERN]… [--type TYPE] …',
    'node start NODE… [--by ACTOR]',
    'node done NODE --l0 OUTCOME [--l1 FILE] [--l2 FILE]',
    'node complete NODE… --verdict pass --verified-by ACTOR|pr [--gate] [--exit STATUS] [--red FAILING]',
    'node approve NODE… [--by WHO] [--verified-by pr]',
    'node run NODE [--timeout SECONDS]',
    'node expand NODE OF…',
    'node fail NODE --finding WHAT…',
    'node escalate|skip|reject|release|reset NODE… --reason WHY',
  ],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    by: { type: 'string', help: 'who does it; else TREEWORK_ACTOR, else git’s email and the worktree' },
    l0: { type: 'string', help: 'the outcome in one line' },
    l1: { type: 'string', help: 'a JSON file with the outcome in short: decisions, contracts, files' },
    l2: { type: 'string', help: 'a Markdown file with the full account, for those who ask for it: it becomes the body of the record' },
    verdict: { type: 'string', help: 'what the check of the work said: pass' },
    'verified-by': { type: 'string', help: 'who checked it: another actor than the implementer, or pr for the forge’s review' },
    finding: { type: 'string', multiple: true, help: 'what is wrong; may be given several times' },
    exit: { type: 'string', help: 'the exit status of a command node' },
    red: { type: 'string', help: 'how many tests failed before the work' },
    reason: { type: 'string', help: 'why' },
    gate: { type: 'boolean', help: 'of complete: run the tests first; they have to pass, and those of a test-writer to fail' },
    timeout: { type: 'string', help: 'of run and --gate: seconds until a command is killed; 1800 without it' },
    under: { type: 'string', help: 'of add: the phase that it is put in; a node that nobody has begun becomes one' },
    before: { type: 'string', help: 'of add: the node that it is put in front of' },
    after: { type: 'string', help: 'of add: the node that it is put behind' },
    title: { type: 'string', help: 'of add: what the node does, for people' },
    type: { type: 'string', help: 'of add: agent, command, human or phase' },
    role: { type: 'string', help: 'of add: which kind of agent, such as implementer or test-writer' },
    covers: { type: 'string', multiple: true, help: 'of add: a requirement that it answers for, or all, or none; several times for several' },
    scope: { type: 'string', multiple: true, help: 'of add: a path or pattern that it may change; several times for several' },
    'depends-on': { type: 'string', multiple: true, help: 'of add: a node that has to be complete before; several times for several' },
    order: { type: 'string', help: 'of add, for the nodes below: sequential or free' },
    command: { type: 'string', help: 'of add: what a command node runs' },
    input: { type: 'string', multiple: true, help: 'of add: what it reads, PATH or PATH#HEADING; several times for several' },
    output: { type: 'string', multiple: true, help: 'of add: what it makes; several times for several' },
    process: { type: 'string', multiple: true, help: 'of add: a step of the work; several times for several' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const [action, ...nodes] = invocation.positionals;
    if (action === 'run') return (await import('./node-run.ts')).runNode(invocation, nodes);
    if (action === 'expand') return (await import('./node-expand.ts')).expandNode(invocation, nodes);
    if (action === 'add') return (await import('./node-add.ts')).addNode(invocation, nodes);
    const verb = VERBS.find((one) => one === action);
    if (!verb) throw new UserError(`Unexpected ${action === undefined ? 'absence of an action' : `action ${action}`}, expected ${VERBS.slice(0, -1).join(', ')} or ${VERBS.at(-1)}`, `${invocation.program} node --help`, 'usage');
    const account = verb === 'done' || verb === 'complete' ? accountGiven(invocation) : undefined;
    const found = account === undefined ? {} : { body: (record: string) => withAccount(record, account) };
    if (invocation.values.gate === true && verb === 'complete') return (await import('./node-gate.ts')).completeGated(invocation, nodes, found);
    return stepNodes(invocation, verb, nodes, found);
  },
};
