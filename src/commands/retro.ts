import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { readBytes } from '../git/files.ts';
import { retroText, type Lesson } from '../render/retro.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { ticketFigures } from '../workflow/ticket-metrics.ts';
import { textsIn } from '../workflow/task-tree.ts';
import { refuse, write } from './answer.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, linesOf, WRITE_OPTIONS } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { lessonNotes } from './lesson-notes.ts';
import { nextActionOf } from './next-action.ts';
import { tasksOf } from './tasks-file.ts';
import { ticketOfWork } from './ticket-of-work.ts';
import { workSize } from './work-size.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'look back on a ticket before it is archived: its figures, and lessons as knowledge notes',
  usage: ['retro [ID] [--lesson TEXT…] [--by ACTOR]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    lesson: { type: 'string', multiple: true, help: 'something learned, as a sentence: it becomes a note of kind knowledge' },
    by: { type: 'string', help: 'who looks back; else TREEWORK_ACTOR, else git’s email and the worktree' },
    ...WRITE_OPTIONS,
  },
  run(given) {
    const [id] = given.positionals;
    const invocation = id === undefined ? given : { ...given, values: { ...given.values, ticket: id } };
    const workspace = openWorkspace(invocation);
    const ticket = existingTicket(workspace, invocation);
    return withTicket(workspace, ticket, (work) => look(workspace, invocation, ticket, work));
  },
};

async function look(workspace: Workspace, invocation: Invocation, id: string, work: Tree): Promise<Outcome> {
  const { repository, settings } = workspace;
  const { program, values } = invocation;
  tasksOf(workspace, work, id, program);
  const path = `${ticketFolder(settings, id)}/retro.md`;
  const old = readBytes(join(repository.workRoot, path));
  const known = lessonsIn(workspace, old);
  const { lessons, edits: notes } = lessonNotes(workspace, { id, from: path, texts: linesOf(values, 'lesson'), known });
  const figures = ticketFigures(ticketOfWork(workspace, work, id), workSize(workspace, id, [path, WORKSPACE_PATH, ...lessons.map((lesson) => lesson.path)]));
  const by = actorOf(repository, lineOf(values, 'by'));
  const content = retroText(old?.toString(), { path, ticket: id, by, at: now(), figures, lessons });
  const edits: Edit[] = [...(content === old?.toString() ? [] : [{ path, content, expect: old ?? ('absent' as const) }]), ...notes];
  const told = { ticket: id, metrics: figures.metrics, lessons: lessons.map((lesson) => lesson.path) };
  if (edits.length === 0) return { exit: 0, json: { ...told, path, created: [], changed: [], next_action: await nextActionOf(workspace, invocation, id) }, text: `${path} says it already` };
  const findings = judgeEdits(workspace, work, edits, program);
  if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
  return write(workspace, invocation, {
    edits,
    message: `docs(${id}): look back`,
    description: lessons.length > 0 ? 'write more where it is worth it, then commit' : `commit it; ${program} retro ${id} --lesson "WHAT WAS LEARNED" makes a note that is found again`,
    done: `what ${id} took${lessons.length > 0 ? `, and ${lessons.length === 1 ? 'a lesson' : `${lessons.length} lessons`}` : ''}`,
    json: told,
  });
}

/** The notes that the look back names already, with their titles. */
function lessonsIn({ repository }: Workspace, retro: Buffer | undefined): Lesson[] {
  return textsIn(retro && parseDocument(retro).data?.lessons).map((path) => {
    const title = parseDocument(readBytes(join(repository.workRoot, path)) ?? Buffer.alloc(0)).data?.title;
    return { path, title: typeof title === 'string' ? title : path };
  });
}
