import { UserError } from '../error.ts';
import { pathExists, relativeToRoot } from '../git/files.ts';
import { approvedWords, checkReport, wordsFor } from '../workflow/edit-check.ts';
import { endOf } from '../workflow/command-output.ts';
import { shellCommand } from '../render/shell.ts';
import { isApproved } from './approve-commands.ts';
import type { Invocation, Outcome } from './command.ts';
import { checksOf, runChecks, type CheckRun } from './edit-checks.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const PURPOSE = { where: 'after edits of files in this clone', hint: 'the same command asks again' };
/** What a person is shown of one check. */
const MOST_SHOWN = 10_000;

/** One check of one file, as it is answered. */
interface Checked {
  readonly path: string;
  readonly run: CheckRun;
}

/** `gate after-edit [FILE…]`: what runs after an agent's edit, by hand; and where its commands are approved. */
export async function editGate(invocation: Invocation): Promise<Outcome> {
  const { program, positionals } = invocation;
  const workspace = openWorkspace(invocation);
  const checks = workspace.settings.gates.afterEdit;
  if (checks.length === 0) throw new UserError('Unexpected WORKSPACE.md without checks of edited files, expected some', 'put gates: {after_edit: {"*.ts": "eslint {file}"}} into WORKSPACE.md', 'no-checks');
  const wanted = positionals.slice(1).map((file) => pathOf(workspace, invocation, file)).map((path) => ({ path, commands: checksOf(workspace, path) }));
  const shown = wanted.flatMap(({ path, commands }) => commands.map((command) => `${path}: ${shellCommand(wordsFor(command, path) ?? [command])}`));
  if (invocation.values['dry-run'] === true) return { exit: 0, json: { dry_run: true, checks: wanted }, text: (shown.length > 0 ? shown : ['no check is for these files']).join('\n') };
  const commands = approvedWords(checks);
  if (!(await isApproved(workspace.repository, commands, invocation, PURPOSE))) {
    return { exit: 1, json: { refused: 'unapproved', commands }, text: `These run after edits only when a person has approved them in this clone: ${program} gate after-edit --yes\n${commands.map((command) => `  ${command}`).join('\n')}` };
  }
  const checked: Checked[] = [];
  for (const { path, commands: own } of wanted) checked.push(...(await runChecks(workspace, path, own)).map((run) => ({ path, run })));
  return answer(workspace, checked, wanted.length > 0 ? ['no check is for these files'] : ['approved in this clone:', ...commands.map((command) => `  ${command}`)]);
}

function pathOf({ repository }: Workspace, { cwd, program }: Invocation, file: string): string {
  const path = relativeToRoot(repository.workRoot, cwd, file);
  if (path === undefined || !pathExists(`${repository.workRoot}/${path}`)) throw new UserError(`Unexpected ${file}, expected a file of this repository`, `${program} gate after-edit FILE`, 'no-such-file');
  return path;
}

function answer({ repository }: Workspace, checked: readonly Checked[], otherwise: readonly string[]): Outcome {
  const state = ({ exit, isBroken }: CheckRun) => (exit === 0 && !isBroken ? 'passed' : 'failed');
  const json = checked.map(({ path, run }) => ({ path, command: run.command, status: state(run), end: endOf(run), seconds: run.seconds, ...(state(run) === 'failed' && { output: run.output.head }) }));
  const lines = checked.map(({ path, run }) => (state(run) === 'passed' ? `${path} passes ${run.command}` : checkReport(path, run, MOST_SHOWN, repository.workRoot)));
  const text = (lines.length > 0 ? lines : otherwise).join('\n');
  return { exit: json.every(({ status }) => status === 'passed') ? 0 : 1, json: { checks: json }, text };
}
