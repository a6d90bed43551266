import { join } from 'node:path';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { withLock } from '../git/lock.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { continuityPage, finishedInQueue, type ContinuityFacts, type OpenTicket } from '../render/continuity-page.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { checkpointsOf } from '../workflow/checkpoint.ts';
import { continuityPath, continuityTokens } from '../workflow/continuity.ts';
import type { UnitedTicket } from '../workflow/everywhere.ts';
import { ticketStatus } from '../workflow/node-status.ts';
import { phaseOf } from '../workflow/workflow-phase.ts';
import { actionText } from './actions.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { ticketsEverywhere } from './everywhere.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { nextActionOf } from './next-action.ts';
import { takeBearings } from './take-bearings.ts';
import { editable } from './tasks-file.ts';
import type { Workspace } from './workspace.ts';

/** Brings CONTINUITY.md up to date from the tickets of all branches, and checks in. Throws a UserError on any branch but the trunk. */
export async function checkIn(workspace: Workspace, invocation: Invocation): Promise<Outcome> {
  const { repository, settings } = workspace;
  const path = continuityPath(settings);
  if (path === undefined) throw new UserError('Unexpected check-in without CONTINUITY.md, expected the kind continuity to be switched on', `${invocation.program} new continuity --title "THE PROJECT" makes it and switches it on`, 'kind-unknown');
  onTrunk(workspace, invocation, path);
  const by = actorOf(repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  const { tickets, finished } = await ticketsEverywhere(workspace, { checkpoints: true });
  const facts: ContinuityFacts = { open: tickets.map(openTicket), finished, by, at: now(), words: wordsOf(invocation), bytes: 4 * continuityTokens(settings), program: invocation.program };
  const planned = editOf(workspace, path, facts);
  return withWorkTree(repository, [WORKSPACE_PATH, path], async (work) => {
    const findings = planned ? judgeEdits(workspace, work, [planned], invocation.program, 'new') : [];
    if (planned && findings.length > 0) return refuse(new OverlayTree(work, [planned]), findings, invocation, 'nothing was written');
    const notes = finishedInQueue((planned?.content ?? editable(workspace, path).text).toString(), finished).map(({ line, ticket }) => `${path}:${line} is about ${ticket}, which is archived: take it out of the queue`);
    const written = withLock(join(repository.gitDir, 'treework', 'checkpoint.lock'), () => {
      const edit = editOf(workspace, path, facts);
      return edit && write(workspace, invocation, {
        edits: [edit],
        message: `docs: ${by} checks in`,
        description: 'commit the page on the trunk, alone',
        done: [`${path} is up to date: ${tickets.length} open, ${finished.length} finished`, ...notes].join('\n'),
        json: { by, open: tickets.length, finished: finished.length, notes, saved: true },
      });
    });
    return written ?? unchanged(path, notes, await nextActionOf(workspace, invocation));
  });
}

function unchanged(path: string, notes: readonly string[], next: Awaited<ReturnType<typeof nextActionOf>>): Outcome {
  return { exit: 0, json: { path, saved: false, unchanged: true, notes, created: [], changed: [], next_action: next }, text: [`nothing new: ${path} says this already`, ...notes, actionText(next)].join('\n') };
}

/** Any other branch would carry its own story into every merge. */
function onTrunk(workspace: Workspace, invocation: Invocation, path: string): void {
  const { type, branch, ticket } = takeBearings(workspace, invocation);
  if (type === 'trunk' || type === 'develop') return;
  const own = ticket.id === undefined ? `${invocation.program} checkpoint --ticket ID` : `${invocation.program} checkpoint --ticket ${ticket.id}`;
  throw new UserError(`Unexpected check-in ${branch === undefined ? 'on no branch' : `on branch ${branch}`}, expected only the trunk to write ${path}`, `${own} --done "WHAT IS DONE" --next "WHAT COMES NEXT" writes your own checkpoint; the trunk gathers it`, 'continuity-writer');
}

function openTicket({ ticket }: UnitedTicket): OpenTicket {
  const status = ticketStatus(ticket);
  return { ticket, status, phase: phaseOf(ticket, () => status), checkpoints: checkpointsOf(ticket) };
}

function editOf(workspace: Workspace, path: string, facts: ContinuityFacts): Edit | undefined {
  const { text, bytes } = editable(workspace, path);
  const content = continuityPage(text, facts);
  return content === text ? undefined : { path, content, expect: bytes };
}

function wordsOf({ values }: Invocation): string | undefined {
  const [done, next] = [lineOf(values, 'done'), lineOf(values, 'next')];
  const words = [...(done === undefined ? [] : [done]), ...(next === undefined ? [] : [`next: ${next}`])];
  return words.length > 0 ? words.join('; ') : undefined;
}
