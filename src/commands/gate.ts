import { UserError } from '../error.ts';
import { gateLines, planLines, stateOf } from '../render/gate-report.ts';
import { GATES, type GateName } from '../workflow/stack.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { mendAction } from './gate-action.ts';
import { GATE_LIMIT_S, planOf, runGates, type GateReport } from './gate-run.ts';
import { secondsOf } from './inputs.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'run the checks of quality, or one of them: lint, types, build, test, coverage; what cannot be run is no pass',
  usage: ['gate [lint|types|build|test|coverage]… [--cached] [--timeout SECONDS]', 'gate coverage --raise', 'gate after-edit [FILE…] [--yes]', 'gate --red NODE [--by ACTOR] [--l0 OUTCOME]', 'gate version'],
  options: {
    'dry-run': { type: 'boolean', help: 'show the commands and why these, and run nothing' },
    commit: { type: 'boolean', help: 'of --raise and --red: commit what was written, exactly that, through the hooks' },
    cached: { type: 'boolean', help: 'what has passed on the very same tree is not run again' },
    timeout: { type: 'string', help: `seconds until a command is killed; ${GATE_LIMIT_S} without it` },
    yes: { type: 'boolean', short: 'y', help: 'of after-edit: approve its commands for this clone' },
    raise: { type: 'boolean', help: 'with coverage: ratchet: keep what was reached as the value it must not fall below' },
    red: { type: 'string', help: 'run the tests for a node that writes them: one at least has to fail, and the record keeps how many' },
    l0: { type: 'string', help: 'of --red: the outcome in one line' },
    ticket: { type: 'string', help: 'of --red: the ticket; else what the folder, the branch or the worktree says' },
    by: { type: 'string', help: 'of --red: who does it; else TREEWORK_ACTOR, else git’s email and the worktree' },
  },
  async run(invocation) {
    const { positionals, values } = invocation;
    if (positionals[0] === 'version') return (await import('./gate-version.ts')).versionGate(invocation);
    if (positionals[0] === 'after-edit') return (await import('./gate-edit.ts')).editGate(invocation);
    const asked = askedGates(invocation);
    if (values.red !== undefined) return (await import('./gate-red.ts')).redGate(invocation, String(values.red));
    const workspace = openWorkspace(invocation);
    if (values['dry-run'] === true && values.raise !== true) {
      const planned = planOf(workspace, asked);
      return { exit: 0, json: { dry_run: true, gates: planned }, text: planLines(planned).join('\n') };
    }
    const seconds = secondsOf(values, 'timeout') ?? GATE_LIMIT_S;
    const report = await runGates(workspace, { asked: values.raise === true ? ['coverage'] : asked, cached: values.cached === true, seconds, program: invocation.program });
    if (values.raise === true && isMeasured(report)) return (await import('./gate-coverage.ts')).raiseCoverage(workspace, invocation, report.runs);
    return answer(report, await nextAfter(workspace, invocation, report));
  },
};

function askedGates({ positionals, program }: Invocation): GateName[] {
  const wrong = positionals.find((name) => !GATES.some((gate) => gate === name));
  if (wrong !== undefined) throw new UserError(`Unexpected gate ${wrong}, expected ${GATES.slice(0, -1).join(', ')}, ${GATES.at(-1)}, after-edit or version`, `${program} gate --help`, 'usage');
  return positionals as GateName[];
}

/** Nothing stands in the way but the bar that is to be set. */
function isMeasured({ runs, planned }: GateReport): boolean {
  return runs.length > 0 && planned.every(({ missing }) => missing.length === 0) && runs.every(({ problems }) => problems.every(({ code }) => code === 'too-low'));
}

/** What to mend; with everything passed what is next in the ticket at hand. Of use to programs alone. */
async function nextAfter(workspace: Workspace, invocation: Invocation, { ok, planned, runs }: GateReport): Promise<NextAction | undefined> {
  if (!invocation.json) return undefined;
  if (ok) return (await import('./next-action.ts')).nextActionOf(workspace, invocation);
  const failed = planned.filter((gate) => stateOf(gate, runs) === 'failed').map(({ gate }) => gate);
  return mendAction(invocation, failed.length > 0 ? `make ${failed.join(', ')} pass` : 'let something be checked: every gate is switched off or has nothing to run', ['gate', ...failed], planned, runs);
}

function answer(report: GateReport, next: NextAction | undefined): Outcome {
  const { planned, runs, on, isChanged, ok } = report;
  const gates = planned.map((gate) => ({ gate: gate.gate, state: stateOf(gate, runs), runs: runs.filter((run) => run.gate === gate.gate), missing: gate.missing }));
  return {
    exit: ok ? 0 : 1,
    json: { gates, tree: on.tree, commit: on.commit, dirty: on.isDirty, changed_meanwhile: isChanged, ...(next && { next_action: next }) },
    text: () => [...gateLines(planned, runs), ...notes(report)].join('\n'),
  };
}

function notes({ on, isChanged, runs, planned }: GateReport): string[] {
  const about = on.isDirty ? `of the work tree with what is not committed (tree ${on.tree.slice(0, 12)})` : `of commit ${on.commit?.slice(0, 12)} (tree ${on.tree.slice(0, 12)})`;
  const nothing = runs.length === 0 && planned.every(({ missing }) => missing.length === 0);
  return [
    nothing ? 'nothing was checked, and that is no pass' : `this is a verdict ${about}`,
    ...(isChanged ? ['the work tree was changed while this ran: the verdict is not kept, and may be of neither state'] : []),
  ];
}
