import { posix } from 'node:path';
import { setValue } from '../documents/edit.ts';
import { fillPlaces, placesIn, staticPrefix } from '../documents/path-pattern.ts';
import { parseDocument } from '../documents/parse.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { packageFile } from '../git/package-file.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { operationFrom, skillFrom, type GraduateInputs } from '../render/graduate.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { inferTicket } from '../workflow/infer-ticket.ts';
import { areAlike, likenessOf, timeless } from '../workflow/likeness.ts';
import { CADENCES } from '../workflow/period.ts';
import { slugOf } from '../workflow/record-name.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { inTreeOrder, taskNodes } from '../workflow/task-tree.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import { ticketAnywhere, ticketIn, type Ticket } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, wordOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { knownKind } from './kind-sources.ts';
import { refuseExisting } from './new-draft.ts';
import { switchedOn } from './new-document.ts';
import { editable } from './tasks-file.ts';
import { existingTicket, openWorkspace, ticketClues, type Workspace } from './workspace.ts';

const FORMS = ['skill', 'operation'] as const;
type Form = (typeof FORMS)[number];

/** A workflow that may graduate, and the others that are like it. */
interface Candidate {
  readonly ticket: Ticket;
  readonly tasks: GovernedDocument;
  readonly goal: { readonly title: string; readonly why: string };
  readonly alike: readonly string[];
}

/** Answers "will this recur?", and scaffolds what a recurring workflow becomes: all of it or nothing. */
export async function graduateTicket(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const { values, program } = invocation;
  const form = wordOf(values, 'as', FORMS);
  const recurs = wordOf(values, 'recurs', ['yes', 'no']) ?? (form === undefined ? undefined : 'yes');
  if (form !== undefined && recurs === 'no') throw new UserError(`Unexpected --as ${form} with --recurs no, expected what recurs to become something`, `${program} graduate --recurs no, or --as ${form} alone`, 'usage');
  if (values.period !== undefined && form !== 'operation') throw new UserError('Unexpected --period, expected it with --as operation', `${program} graduate --as operation --period monthly`, 'usage');
  const id = ticketMeantHere(workspace, invocation);
  return withWorkTree(workspace.repository, rootsOf(workspace, form), (work) => {
    const candidate = candidateOf(workspace, work, id, program);
    if (recurs === undefined) return question(candidate, program);
    const edits = [...(form === undefined ? [] : scaffold(workspace, invocation, candidate, form)), ...answerEdit(workspace, candidate, recurs, program)];
    return conclude(workspace, invocation, work, candidate, { form, recurs, edits });
  });
}

/** Open or archived: what is put away can still teach. */
function ticketMeantHere(workspace: Workspace, invocation: Invocation): string {
  const clues = ticketClues(workspace, invocation);
  const id = inferTicket(clues, workspace.settings);
  return clues.known.includes(id) ? id : existingTicket(workspace, invocation);
}

function rootsOf(workspace: Workspace, form: Form | undefined): string[] {
  const { specs, archived, operations } = workspace.settings.layout;
  const kind = form && knownKind(workspace, form);
  const roots = [...new Set([WORKSPACE_PATH, specs, archived, ...(operations === undefined ? [] : [operations]), ...(kind ? [staticPrefix(kind.path)] : [])])];
  return roots.includes('') ? [''] : roots;
}

function candidateOf(workspace: Workspace, work: Tree, id: string, program: string): Candidate {
  const snapshot = new Snapshot(work, workspace.settings);
  const ticket = ticketAnywhere(snapshot, id);
  const tasks = ticket?.tasks;
  if (!ticket || !tasks?.isValid) throw new UserError(`Unexpected graduation of ${id}, expected a workflow: it has no tasks.md that can be read`, `${program} new tasks --ticket ${id}`, 'tasks-missing');
  const { title, why } = tasks.data.goal as Candidate['goal'];
  const others = ticketFolders(snapshot).filter((one) => one.id !== id);
  work.prefetch(others.map(({ folder }) => `${folder}/tasks.md`));
  const own = likenessOf(title, taskNodes(tasks.data));
  const ordinary = presetLeaves();
  const alike = others.flatMap((one) => {
    const other = ticketIn(snapshot, one.folder, one.id, one.archived).tasks;
    if (!other) return [];
    const goal = other.data.goal as Partial<Candidate['goal']> | undefined;
    return areAlike(own, likenessOf(String(goal?.title ?? ''), taskNodes(other.data)), ordinary) ? [one.id] : [];
  });
  return { ticket, tasks, goal: { title, why }, alike: [...new Set(alike)].sort() };
}

/** Leaves that are in every other ticket: the presets wrote them. */
function presetLeaves(): ReadonlySet<string> {
  const presets = ['ticket', 'phases', 'tree'].map((name) => taskNodes(parseDocument(Buffer.from(packageFile(`generators/tasks/${name}.md`))).data ?? {}));
  return new Set(['build', ...presets.flatMap((nodes) => [...likenessOf('', nodes).leaves])]);
}

function question({ ticket, tasks, alike }: Candidate, program: string): Outcome {
  const recurs = tasks.data.recurs === 'yes' || tasks.data.recurs === 'no' ? tasks.data.recurs : undefined;
  const seen = alike.length === 0 ? 'no other workflow here is like it' : `like it: ${alike.join(', ')}`;
  const answer = `${program} graduate --ticket ${ticket.id} --recurs`;
  const text = recurs === undefined ? `will ${ticket.id} recur? (${seen})\n  yes: ${answer} yes\n  no: ${answer} no` : `${ticket.id} recurs: ${recurs} (${seen})`;
  return { exit: 0, json: { ticket: ticket.id, question: 'will this recur?', recurs: recurs ?? null, alike }, text };
}

/** An archived ticket does not change: its answer is there already. */
function answerEdit(workspace: Workspace, { ticket, tasks }: Candidate, recurs: 'yes' | 'no', program: string): Edit[] {
  if (tasks.data.recurs === recurs) return [];
  if (ticket.archived && recurs === 'no') throw new UserError(`Unexpected answer for ${ticket.id}, expected a ticket that is open: it is archived with ${String(tasks.data.recurs ?? 'none')}`, `${program} graduate --ticket ${ticket.id} --as skill makes something of it`, 'ticket-archived');
  if (ticket.archived) return [];
  const file = editable(workspace, tasks.path);
  return [{ path: file.path, content: setValue(file.text, ['recurs'], recurs), expect: file.bytes }];
}

function scaffold(workspace: Workspace, { values, program }: Invocation, candidate: Candidate, form: Form): Edit[] {
  const { ticket, tasks, goal, alike } = candidate;
  if (alike.length === 0 && values.first !== true) {
    throw new UserError(`Unexpected graduation of ${ticket.id}, expected a second instance: no other workflow here is like it, and what was done once is no pattern yet`, `${program} graduate --ticket ${ticket.id} --recurs yes remembers that it will; --first makes the ${form} now`, 'premature');
  }
  const kind = knownKind(workspace, form);
  if (!kind || placesIn(kind.path).length !== 1) throw new UserError(`Unexpected path ${kind?.path ?? 'none'} of kind ${form}, expected one with a single place for the name`, `write kinds: {${form}: {}} in ${WORKSPACE_PATH}`, 'kind-path');
  const title = timeless(goal.title);
  const name = lineOf(values, 'name') ?? slugOf(title);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new UserError(`Unexpected name ${JSON.stringify(name)}, expected small letters, digits and single hyphens, a letter first`, '--name close-the-books', 'input');
  const path = fillPlaces(kind.path, () => name);
  const nodes = inTreeOrder(taskNodes(tasks.data));
  const inputs: GraduateInputs = { path, name, title, why: goal.why, tickets: [...alike, ticket.id].sort(), nodes };
  const period = wordOf(values, 'period', CADENCES) ?? 'on-demand';
  const document = form === 'skill' ? skillFrom(inputs) : operationFrom({ ...inputs, period, requirements: effectiveSpec(ticket).requirements.map(({ text }) => text), tree: tasks.data.nodes });
  const edits = [document, ...(workspace.settings.kinds.some((one) => one.name === form) ? [] : [switchedOn(workspace, kind)])];
  refuseExisting(workspace, edits);
  return edits;
}

interface Conclusion {
  readonly form: Form | undefined;
  readonly recurs: 'yes' | 'no';
  readonly edits: readonly Edit[];
}

function conclude(workspace: Workspace, invocation: Invocation, work: Tree, { ticket, tasks, alike }: Candidate, { form, recurs, edits }: Conclusion): Outcome {
  const { program } = invocation;
  const { id } = ticket;
  const path = form && edits[0]?.path;
  const json = { ticket: id, recurs, alike, ...(form !== undefined && { [form]: path && posix.basename(posix.dirname(path)) }) };
  if (edits.length === 0) return { exit: 0, json: { ...json, created: [], changed: [] }, text: `${id} recurs: ${recurs}, as ${tasks.path} says already` };
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  const then = form === undefined && recurs === 'yes' && alike.length > 0 ? `; it is like ${alike.join(', ')}: ${program} graduate --ticket ${id} --as skill (or operation) makes something of it` : '';
  const run = path && `${program} new run --operation ${posix.basename(posix.dirname(path))}`;
  return write(workspace, invocation, {
    edits,
    message: form === undefined ? `docs(${id}): answer that it ${recurs === 'yes' ? 'recurs' : 'does not recur'}` : `docs(${id}): graduate into ${path}`,
    description: form === undefined ? `commit the answer${then}` : form === 'skill' ? 'fill in what is marked, then commit' : `commit the operation; ${run} begins its first run`,
    done: form === undefined ? `${id} recurs: ${recurs}` : `${[...alike, id].sort().join(', ')} ${alike.length > 0 ? 'are' : 'is'} now ${form === 'skill' ? 'a skill' : 'an operation'}: ${path}`,
    json,
  });
}
