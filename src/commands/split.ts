import { resolve } from 'node:path';
import { UserError } from '../error.ts';
import { readBytes, writeFileAtomic } from '../git/files.ts';
import { splitText } from '../render/split-text.ts';
import { planText, readPlan } from '../workflow/split/plan-text.ts';
import { planSplit, sizedPlan, type SplitBy, type SplitInput, type SplitPlan } from '../workflow/split/split.ts';
import { verbAction } from './actions.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { GATE_LIMIT_S } from './gate-run.ts';
import { lineOf, secondsOf, wordOf } from './inputs.ts';
import { branchNames, buildStack, makeStack, refuseTaken, shownSplit, type BuiltStack } from './split-make.ts';
import { settleSplits } from './split-settle.ts';
import { splitSource, type SplitSource } from './split-source.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'make a stack of small branches of a large one, along its workflow; the top is what the branch is, byte for byte',
  usage: ['split [BRANCH] [--by node|folder|commit] [--exec COMMAND] [--dry-run]', 'split [BRANCH] --plan FILE [--hunks]', 'split [BRANCH] --from-plan FILE [--exec COMMAND] [--dry-run]'],
  options: {
    plan: { type: 'string', help: 'write the plan as Markdown, to be edited, and make nothing' },
    hunks: { type: 'boolean', help: 'with --plan: a line for each hunk of a file' },
    'from-plan': { type: 'string', help: 'make what this plan says' },
    by: { type: 'string', help: 'node: along the workflow; folder; commit: as they come. Without a workflow: commit' },
    exec: { type: 'string', help: 'run this in a throw-away worktree of each part; unless all pass nothing is made' },
    timeout: { type: 'string', help: `seconds until the command is killed; ${GATE_LIMIT_S} without it` },
    base: { type: 'string', help: 'where the branch began; else where it left the trunk or the part below it' },
    ticket: { type: 'string', help: 'the ticket; else what the branch, the folder or the worktree says' },
    'dry-run': { type: 'boolean', help: 'show the parts, and make nothing' },
  },
  async run(invocation) {
    const { values, program } = invocation;
    if (values.plan !== undefined && values['from-plan'] !== undefined) throw new UserError('Unexpected --plan beside --from-plan, expected one of them', `${program} split --plan FILE, edit it, ${program} split --from-plan FILE`, 'usage');
    const by = wordOf(values, 'by', ['node', 'folder', 'commit']);
    const seconds = secondsOf(values, 'timeout') ?? GATE_LIMIT_S;
    const workspace = openWorkspace(invocation);
    settleSplits(workspace);
    const source = splitSource(workspace, invocation);
    const plan = planned(workspace, invocation, source, by);
    if (typeof values.plan === 'string') return writePlan(invocation, source, plan, values.plan);
    const built = buildStack(workspace, source, plan);
    if (built.parts.length < 2) return nothingToSplit(invocation, source, built);
    refuseTaken(source, built.parts);
    if (values['dry-run'] === true) return { exit: 0, json: { dry_run: true, ...built.json, next_action: makeAction(invocation, source) }, text: () => `${splitText(shownSplit(source, built))}\n\nnothing was made (--dry-run)` };
    const check = lineOf(values, 'exec');
    const failed = check === undefined ? undefined : await (await import('./split-exec.ts')).checkParts(workspace, source, built, { command: check, seconds });
    if (failed) return { exit: 1, json: { ...built.json, made: false, ...failed.json, next_action: failed.action(invocation) }, text: () => `${splitText(shownSplit(source, built))}\n\n${failed.text}` };
    const created = makeStack(workspace, source, built);
    const next = nextAfter(workspace, invocation, source, built);
    return {
      exit: 0,
      json: { ...built.json, made: true, created, ...(check !== undefined && { exec: { command: check, passed: built.parts.length } }), next_action: next },
      text: () => `${splitText(shownSplit(source, built))}\n\n${created.length === 0 ? 'these branches were there already' : `made ${built.parts.length} branches; ${source.branch} stays as it is`}\nnext: ${next.description}\n  ${next.command}`,
    };
  },
};

function planned(workspace: Workspace, { values, cwd }: Invocation, source: SplitSource, by: SplitBy | undefined): SplitPlan {
  const { repository, settings } = workspace;
  const { history, histories, workflow } = source;
  const input: SplitInput = { histories, contents: history.blobs, tree: repository.tree(history.tree), settings };
  const file = values['from-plan'];
  if (typeof file !== 'string') return planSplit(input, by ?? (workflow.nodes.length > 0 ? 'node' : 'commit'), workflow);
  if (by !== undefined) throw new UserError('Unexpected --by beside --from-plan, expected the plan alone: it says all', 'leave out --by', 'usage');
  const bytes = readBytes(resolve(cwd, file));
  if (!bytes) throw new UserError(`Unexpected absence of ${file}, expected a plan that split --plan wrote`, `treework split --plan ${file}`, 'no-plan');
  return sizedPlan(input, readPlan(bytes, file, headOf(source), histories));
}

function headOf({ branch, history }: SplitSource): { branch: string; tip: string; base: string } {
  return { branch, tip: history.tip, base: history.base };
}

function writePlan(invocation: Invocation, source: SplitSource, plan: SplitPlan, file: string): Outcome {
  const text = planText(headOf(source), plan.sections, source.histories, invocation.values.hunks === true);
  writeFileAtomic(resolve(invocation.cwd, file), text);
  const description = 'edit the plan: move lines between its parts; then make the branches that it says';
  const next = verbAction(invocation, ['split', ...invocation.positionals, '--from-plan', file], { description, context: { ticket: source.workflow.ticket, path: file } });
  const { sections } = plan;
  return { exit: 0, json: { ticket: source.workflow.ticket, branch: source.branch, plan: file, parts: branchNames(source, sections), made: false, next_action: next }, text: `wrote ${file}: ${sections.length} parts of ${source.branch}; nothing was made\nnext: ${description}\n  ${next.command}` };
}

/** The same words once more, without `--dry-run`. */
function makeAction(invocation: Invocation, { workflow }: SplitSource): NextAction {
  const { positionals, values } = invocation;
  const options = ['from-plan', 'by', 'exec', 'timeout', 'base', 'ticket'].flatMap((name) => (typeof values[name] === 'string' ? [`--${name}`, values[name]] : []));
  return verbAction(invocation, ['split', ...positionals, ...options], { description: 'make these branches', context: { ticket: workflow.ticket } });
}

function nothingToSplit(invocation: Invocation, source: SplitSource, built: BuiltStack): Outcome {
  const [part] = built.parts;
  const why = part?.isExcessive === true ? `what is in it cannot be divided by itself (${part.size.lines} lines in one file); a plan can, hunk by hunk` : `it is one part of ${part?.size.files ?? 0} files and ${part?.size.lines ?? 0} lines, within the limits of review`;
  const next = verbAction(invocation, ['split', ...invocation.positionals, '--plan', 'split.md', '--hunks'], { description: 'write a plan to divide it by hand', context: { ticket: source.workflow.ticket } });
  return { exit: 0, json: { ...built.json, made: false, next_action: next }, text: `nothing to split in ${source.branch}: ${why}` };
}

/** Work goes on at the top, whose files are those that are here already. */
function nextAfter({ repository }: Workspace, invocation: Invocation, source: SplitSource, { parts }: BuiltStack): NextAction & { command: string } {
  const top = parts.at(-1)?.branch ?? source.branch;
  const context = { ticket: source.workflow.ticket };
  const argv = ['git', 'switch', top];
  if (repository.branch === source.branch) return { command: argv.join(' '), argv, cwd: resolve(invocation.cwd), description: 'go on at the top of the stack: no file changes', context };
  return verbAction(invocation, ['next', '--ticket', source.workflow.ticket], { description: 'see what comes next', context });
}
