import { resolve } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { directoriesIn } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { tasksEdits } from '../render/documents.ts';
import { whyForked } from '../render/fork.ts';
import { presetEdits } from '../render/tasks-preset.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { slugOf } from '../workflow/record-name.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { freezable } from './freeze-spec.ts';
import { lineOf, namesOf, wordOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { refuseExisting } from './new-draft.ts';
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
  const edits = tasksOf(workspace, invocation, { folder, ticket, title: lineOf(values, 'title') ?? title ?? ticket, pin, why });
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

function tasksOf({ repository }: Workspace, { values, program }: Invocation, frozen: Frozen): Edit[] {
  const nodes = namesOf(values, 'node');
  const preset = wordOf(values, 'preset', PRESETS);
  if (preset === undefined || preset === 'oneshot') {
    const { why, ...rest } = frozen;
    return tasksEdits({ ...rest, nodes: nodes.length > 0 ? nodes : ['build'], ...(why !== undefined && { why }) }, packageFile('generators/tasks/template.md'));
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
