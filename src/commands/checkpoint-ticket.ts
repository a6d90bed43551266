import { join, resolve } from 'node:path';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { readBytes, readStandardInput } from '../git/files.ts';
import { withLock } from '../git/lock.ts';
import type { Edit } from '../tree/edit.ts';
import { checkpointName, checkpointsOf } from '../workflow/checkpoint.ts';
import { checkpointText, nodeInHand, type CheckpointWords } from '../workflow/checkpoint-text.ts';
import { actorKey } from '../workflow/node-record.ts';
import { ticketStatus, type TicketStatus } from '../workflow/node-status.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { actionText } from './actions.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { nextActionOf } from './next-action.ts';
import { editable } from './tasks-file.ts';
import { existingTicket, withTicket, type Workspace } from './workspace.ts';

/** Writes the actor's own checkpoint of a ticket, or nothing where it says this already. */
export async function saveCheckpoint(workspace: Workspace, invocation: Invocation, tokens: number | undefined): Promise<Outcome> {
  const id = existingTicket(workspace, invocation);
  const by = actorOf(workspace.repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  const said = wordsOf(invocation);
  return withTicket(workspace, id, async (work) => {
    const ticket = ticketIn(new Snapshot(work, workspace.settings), ticketFolder(workspace.settings, id), id, false);
    const status = ticketStatus(ticket);
    const node = lineOf(invocation.values, 'node');
    if (node !== undefined && !status.byId.has(node)) throw new UserError(`Unexpected node ${node}, expected one of ${status.nodes.slice(0, 20).map((one) => one.node.id).join(', ') || `${id}, which has none`}`, `look at ${ticket.folder}/tasks.md`, 'node-unknown');
    const words: CheckpointWords = { ...said, by, at: now(), tokens, node: node ?? nodeInHand(by, status) };
    const path = pathOf(ticket, by);
    const planned = editOf(workspace, path, words, status);
    const findings = planned ? judgeEdits(workspace, work, [planned], invocation.program, 'new') : [];
    if (findings.length > 0) return refuse(work, findings, invocation, 'nothing was written');
    // Two processes of one actor: each sees what the other has written.
    const written = withLock(join(workspace.repository.gitDir, 'treework', 'checkpoint.lock'), () => {
      const edit = editOf(workspace, path, words, status);
      return edit && write(workspace, invocation, { edits: [edit], ...told(workspace, id, words) });
    });
    return written ?? unchanged({ ticket: id, by, path }, await nextActionOf(workspace, invocation, id));
  });
}

/** The file that says it is this actor's, else the one that is named after it. */
function pathOf(ticket: Ticket, by: string): string {
  const own = checkpointsOf(ticket).find((one) => actorKey(one.by) === actorKey(by));
  return own?.path ?? `${ticket.folder}/checkpoints/${checkpointName(by)}.md`;
}

function editOf(workspace: Workspace, path: string, words: CheckpointWords, status: TicketStatus): Edit | undefined {
  if (readBytes(join(workspace.repository.workRoot, path)) === undefined) return { path, content: checkpointText(undefined, words, status), expect: 'absent' };
  const { text, bytes } = editable(workspace, path);
  const { by } = parseDocument(bytes).data ?? {};
  if (typeof by !== 'string' || actorKey(by) !== actorKey(words.by)) throw new UserError(`Unexpected checkpoint of ${typeof by === 'string' ? by : 'nobody'} in ${path}, expected one by ${words.by}: each actor writes only its own`, 'mend `by` there, or say who you are: --by NAME', 'checkpoint-taken');
  const content = checkpointText(text, words, status);
  return content === text ? undefined : { path, content, expect: bytes };
}

function told({ settings }: Workspace, id: string, { by, node, tokens }: CheckpointWords) {
  const isFull = tokens !== undefined && tokens >= settings.context.checkpoint;
  return {
    ticket: id,
    message: `docs(${id}): checkpoint of ${by}`,
    description: isFull ? 'commit it, then go on in a fresh context: resume says where we are' : 'commit the checkpoint, so that others find it',
    done: `checkpoint of ${by}${node === undefined ? '' : ` on ${node}`}${isFull ? ` at ${tokens} of ${settings.context.checkpoint} tokens` : ''}`,
    json: { ticket: id, by, ...(node !== undefined && { node }), ...(tokens !== undefined && { tokens, level: isFull ? 'checkpoint' : tokens >= settings.context.warn ? 'warn' : 'ok' }), saved: true },
  };
}

function unchanged(facts: { readonly ticket: string; readonly by: string; readonly path: string }, next: NextAction): Outcome {
  return { exit: 0, json: { ...facts, saved: false, unchanged: true, created: [], changed: [], next_action: next }, text: `nothing new: ${facts.path} says this already\n${actionText(next)}` };
}

/** What the options say. */
function wordsOf({ values, cwd }: Invocation): Pick<CheckpointWords, 'done' | 'next' | 'body'> {
  const [done, next] = [sectionText(values, 'done'), sectionText(values, 'next')];
  if (typeof values.from !== 'string') return { done, next, body: undefined };
  if (done !== undefined) throw new UserError('Unexpected --done with --from, expected one of them', 'put it into the text', 'usage');
  const text = values.from === '-' ? readStandardInput() : readBytes(resolve(cwd, values.from))?.toString();
  if (text === undefined) throw new UserError(`Unexpected absence of ${values.from}, expected a Markdown file`, '--from - reads standard input', 'no-path');
  if (text.trim() === '') throw new UserError('Unexpected empty text, expected what you know', '--from FILE, or --done TEXT', 'input');
  return headingsOf(text) ? { done: undefined, next, body: text } : { done: text, next, body: undefined };
}

function sectionText(values: Invocation['values'], name: 'done' | 'next'): string | undefined {
  const text = values[name];
  if (typeof text !== 'string') return undefined;
  if (text.trim() === '') throw new UserError(`Unexpected --${name} without text, expected some`, `--${name} "SOME TEXT"`, 'input');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) throw new UserError(`Unexpected control character in --${name}, expected text`, `--${name} "SOME TEXT"`, 'input');
  if (headingsOf(text)) throw new UserError(`Unexpected heading in --${name}, expected the text of one section`, 'use ### or deeper ones, or --from FILE for the whole text', 'input');
  return text;
}

/** Whether a text has headings that would divide a checkpoint. */
function headingsOf(text: string): boolean {
  return outlineOf(parseDocument(Buffer.from(`---\na: b\n---\n${text}`))).headings.some(({ depth }) => depth <= 2);
}
