import { resolve } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { directoriesIn } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { tasksEdits } from '../render/documents.ts';
import { whyForked } from '../render/fork.ts';
import { REQUIREMENTS_KEY } from '../render/spec-from-planning.ts';
import { epicNodes, type NodeDraft } from '../render/tasks-from-epics.ts';
import { presetEdits } from '../render/tasks-preset.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { isExcluded } from '../workflow/planning-questions.ts';
import { slugOf } from '../workflow/record-name.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { freezable } from './freeze-spec.ts';
import { lineOf, namesOf, wordOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { refuseExisting } from './new-draft.ts';
import { planningIn } from './planning-folder.ts';
import { newTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

const PRESETS = ['ticket', 'phases', 'tree', 'oneshot'] as const;
/** Names that folders of the root usually have. */
const CODE = ['src', 'lib', 'app', 'apps', 'packages', 'cmd', 'internal', 'pkg', 'crates'];
const TESTS = ['test', 'tests', 'spec', '__tests__', 'e2e'];

/** Makes the workflow, and so freezes the spec: pins the digest of the text as git would store it. */
export async function newTasks(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  if (wordOf(invocation.values, 'preset', PRESETS) === 'oneshot') return oneShot(invocation);
  const ticket = newTicket(workspace, invocation);
  const folder = ticketFolder(workspace.settings, ticket);
  refuseExisting(workspace, [{ path: `${folder}/tasks.md`, content: '', expect: 'absent' }]);
  return withTicket(workspace, ticket, (work) => freezeWith(workspace, invocation, ticket, work));
}

function freezeWith(workspace: Workspace, invocation: Invocation, ticket: string, work: Tree): Outcome {
  const { values, program } = invocation;
  const folder = ticketFolder(workspace.settings, ticket);
  const { pin, title, findings } = freezable(workspace, work, ticket, program);
  if (findings.length > 0) return refuse(work, findings, invocation, `the spec of ${ticket} cannot be frozen like this; nothing was written`);
  const why = lineOf(values, 'why') ?? whyForked(work.read(`${folder}/spec.md`)?.toString() ?? '');
  const written = new Snapshot(work, workspace.settings).document(`${folder}/spec.md`);
  const edits = tasksOf(workspace, invocation, nodesGiven(workspace, invocation, written?.data ?? {}), { folder, ticket, title: lineOf(values, 'title') ?? title ?? ticket, pin, why });
  const wrong = judgeEdits(workspace, work, edits, program);
  if (wrong.length > 0) return refuse(new OverlayTree(work, edits), wrong, invocation, 'nothing was written');
  const spec = `${folder}/spec.md`;
  return write(workspace, invocation, {
    edits,
    message: `docs(${ticket}): freeze the spec and plan the work`,
    description: whatIsLeft(edits, why),
    done: `the spec of ${ticket} is frozen: from now on it changes through change records`,
    json: { ticket, pin, frozen: spec },
    commit: [spec],
  });
}

function whatIsLeft(edits: readonly Edit[], why: string | undefined): string {
  const marks = edits.flatMap(({ content }) => String(content).match(/\[\[fill:/g) ?? []).length;
  if (marks > (why === undefined ? 1 : 0)) return 'fill in what is marked in tasks.md, then commit both files together';
  return why === undefined ? 'say in goal.why why it is worth doing, then commit both files together' : 'commit both files together';
}

interface Frozen {
  readonly folder: string;
  readonly ticket: string;
  readonly title: string;
  readonly pin: string;
  readonly why: string | undefined;
}

/** What `--node` names, or what the epics of `--from` become. */
function nodesGiven(workspace: Workspace, { values, program }: Invocation, spec: Readonly<Record<string, unknown>>): NodeDraft[] {
  const ids = namesOf(values, 'node');
  const from = lineOf(values, 'from');
  if (from === undefined) return ids.map((id) => ({ id }));
  if (ids.length > 0) throw new UserError('Unexpected --node beside --from, expected one of them: the epics are the nodes', '--from alone, then node add', 'input');
  const { planning, folder } = planningIn(workspace, from, program);
  if (!planning.epics) throw new UserError(`Unexpected absence of epics.md in ${folder}, expected the epics that become nodes`, `${program} new planning --title "WHAT IS PLANNED" --set document=epics --path ${folder}/epics.md`, 'planning-missing');
  if (planning.epics.entries.some((epic) => !isExcluded(epic))) return epicNodes(planning, namesInSpec(spec));
  throw new UserError(`Unexpected ${planning.epics.path} without an epic to do, expected at least one`, 'write it as ### EPIC-1: NAME under ## Epics', 'planning-empty');
}

/** Names of the spec's requirements by their ids in the planning, as `new spec --from` wrote them down. */
function namesInSpec(spec: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const written = spec[REQUIREMENTS_KEY];
  const pairs = typeof written === 'object' && written !== null ? Object.entries(written) : [];
  return new Map(pairs.flatMap(([name, id]) => (typeof id === 'string' ? [[id, name] as const] : [])));
}

function tasksOf({ repository }: Workspace, { values, program }: Invocation, nodes: readonly NodeDraft[], frozen: Frozen): Edit[] {
  const preset = wordOf(values, 'preset', PRESETS);
  if (preset === undefined || preset === 'oneshot') {
    const { why, ...rest } = frozen;
    return tasksEdits({ ...rest, nodes: nodes.length > 0 ? nodes : [{ id: 'build' }], ...(why !== undefined && { why }) }, packageFile('generators/tasks/template.md'));
  }
  const folders = directoriesIn(repository.workRoot);
  const patterns = (names: readonly string[]) => names.filter((name) => folders.includes(name)).map((name) => `${name}/**`);
  const slug = slugOf(frozen.title) || frozen.ticket.toLowerCase();
  return presetEdits({ ...frozen, preset, nodes, code: patterns(CODE), tests: patterns(TESTS), program, slug }, packageFile(`generators/tasks/${preset}.md`));
}

/** The lightest shape: what is done in one go has no document, and so nothing that could be wrong. */
function oneShot({ program, cwd }: Invocation): Outcome {
  const steps = ['do it', 'commit it with a message that says why', `when it turns out to have three steps, unknowns, or more than one session: ${program} new spec --title "WHAT IT DELIVERS", then ${program} new tasks --preset ticket`];
  const nextAction: NextAction = { action: 'agent:do', description: 'do it and commit it: a one-shot has no document', cwd: resolve(cwd), steps };
  return { exit: 0, json: { preset: 'oneshot', created: [], changed: [], steps, next_action: nextAction }, text: `nothing was written: a one-shot has no document\n${steps.map((step, index) => `  ${index + 1}. ${step}`).join('\n')}` };
}
