import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { runId, runOf, runsFolder } from '../documents/run.ts';
import { nearest } from '../documents/nearest.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { withLock } from '../git/lock.ts';
import { packageFile } from '../git/package-file.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { runSpec, runTasks } from '../render/run.ts';
import { renderTemplate } from '../render/template.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { CADENCES, periodAt, periodProblem, type Cadence } from '../workflow/period.ts';
import { rebasedBody } from '../workflow/rebased-links.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { specDigest } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { judgeDraft, judgeEdits } from './judge-edits.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/**
 * Begins an operation's run: a ticket of its own in `runs/<period>/` of the operation, with the
 * operation's tree and, as its frozen spec, the operation's page as it reads today. A period has one
 * run, wherever it stands, archived or not.
 */
export async function newRun(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const { operations, archived } = workspace.settings.layout;
  if (operations === undefined) throw new UserError('Unexpected run without operations, expected one that docs/operations holds', `${invocation.program} new operation --title "WHAT COMES BACK" --set why="WHY" --set period=monthly`, 'operation-unknown');
  return withWorkTree(workspace.repository, [WORKSPACE_PATH, operations, archived], (work) => {
    const make = () => beginRun(workspace, invocation, work, operations);
    return invocation.values['dry-run'] === true ? make() : withLock(workspace.repository.statePath('numbers.lock'), make);
  });
}

function beginRun(workspace: Workspace, invocation: Invocation, work: Tree, operations: string): Outcome {
  const { program, values } = invocation;
  const operation = operationMeant(workspace, invocation, work, operations);
  const wrong = judgeDraft(workspace, work, operation.path, program);
  if (wrong.length > 0) return refuse(work, wrong, invocation, 'a run cannot begin from this; nothing was written');
  const name = operation.path.slice(operations.length + 1).split('/')[0] as string;
  const cadence = CADENCES.find((one) => one === operation.data.period) ?? 'on-demand';
  const period = lineOf(values, 'period') ?? defaultPeriod(cadence, name, program);
  const problem = periodProblem(cadence, period);
  if (problem !== undefined) throw new UserError(`Unexpected ${problem}: ${name} is ${cadence}`, `${program} new run --operation ${name} --period ${periodAt(cadence === 'on-demand' ? 'daily' : cadence, moment())}`, 'period');
  const id = runId({ name, period });
  if (runOf(id)?.name !== name) throw new UserError(`Unexpected operation ${name}, expected a name that ids can begin with: small letters, digits and hyphens, a letter first`, `git mv ${operations}/${name} ${operations}/NAME`, 'operation-name');
  refuseSecond(workspace, { id, name, period, cadence }, operations, program);
  const folder = ticketFolder(workspace.settings, id);
  const inputs = { folder, ticket: id, period, operation: operation.data, body: rebasedBody(operation.parsed, operation.path, `${folder}/spec.md`) };
  const spec = runSpec(inputs);
  const edits = [spec, runTasks(inputs, specDigest(Buffer.from(spec.content as string)), renderTemplate(packageFile('generators/tasks/template.md'), {}))];
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  return write(workspace, invocation, {
    edits,
    message: `docs(${id}): begin the run`,
    description: `commit the run; ${program} next --ticket ${id} says how it begins`,
    done: `a run of ${name} for ${period}: ${id}`,
    json: { ticket: id, operation: name, period },
  });
}

/** The page of the operation that is asked for, that the current folder is in, or the only one. */
function operationMeant({ repository, settings }: Workspace, { values, program }: Invocation, work: Tree, operations: string): GovernedDocument {
  const file = settings.kinds.find(({ name }) => name === 'operation')?.path.split('/').at(-1) as string;
  const snapshot = new Snapshot(work, settings);
  const found = new Map(work.list(operations).flatMap(({ path }) => {
    const document = snapshot.document(`${path}/${file}`);
    return document ? [[path.slice(operations.length + 1), document] as const] : [];
  }));
  const names = [...found.keys()];
  const here = repository.prefix.startsWith(`${operations}/`) ? repository.prefix.slice(operations.length + 1).split('/')[0] : undefined;
  const asked = lineOf(values, 'operation') ?? here ?? (names.length === 1 ? names[0] : undefined);
  if (asked === undefined) throw new UserError(`Unexpected absence of --operation, expected one of ${names.join(', ') || '(none yet)'}`, names.length > 0 ? `${program} new run --operation ${names[0]}` : `${program} new operation --title "WHAT COMES BACK"`, 'operation-unknown');
  const operation = found.get(asked);
  if (operation) return operation;
  throw new UserError(`Unexpected operation ${asked}, expected one of ${names.join(', ') || '(none yet)'}`, `${program} new run --operation ${nearest(asked, names) ?? names[0] ?? 'NAME'}`, 'operation-unknown');
}

function defaultPeriod(cadence: Cadence, name: string, program: string): string {
  const period = periodAt(cadence, moment());
  if (period !== undefined) return period;
  throw new UserError(`Unexpected absence of --period, expected which run of ${name} this is: it comes on demand, without a calendar`, `${program} new run --operation ${name} --period ${periodAt('daily', moment())}`, 'period');
}

/** One run a period, in every ref and work tree. */
function refuseSecond({ repository, settings }: Workspace, { id, name, period, cadence }: { id: string; name: string; period: string; cadence: Cadence }, operations: string, program: string): void {
  const [open, done] = namesEverywhere(repository, [runsFolder(operations, name), settings.layout.archived]);
  const where = open?.has(period) ? ticketFolder(settings, id) : done?.has(id) ? archivedFolder(settings, id) : undefined;
  if (where === undefined) return;
  const another = cadence === 'on-demand' && /^\d{4}-\d{2}-\d{2}/.test(period) ? `${program} new run --operation ${name} --period ${period.slice(0, 10)}-2` : `${program} next --ticket ${id} goes on with it`;
  throw new UserError(`Unexpected second run ${id}, expected one a period: ${where} is there (on some branch, if not here)`, another, 'exists');
}
