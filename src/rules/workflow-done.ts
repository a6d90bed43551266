import { isOpenFork } from '../workflow/fork.ts';
import { ticketStatus, type NodeState } from '../workflow/node-status.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { unfilled } from '../workflow/unfilled.ts';

/** The rest shows when these are mended. */
const MOST_NAMED = 6;

export const rule: Rule = {
  id: 'workflow-done',
  group: 'tree',
  severity: 'error',

  *ticketStep({ before, after }) {
    if (!after.archived || before.some(({ archived }) => archived) || !after.tasks) return;
    const retro = after.snapshot.document(`${after.folder}/retro.md`);
    const leaves = ticketStatus(after).nodes.filter(({ node }) => node.children.length === 0);
    yield* open(after, after.tasks, leaves);
    for (const fork of after.forks) if (isOpenFork(after, fork)) yield stillOpen(after, fork);
    yield* recurs(after.tasks);
    for (const document of [after.tasks, ...(retro ? [retro] : []), ...after.nodes]) yield* unfilled(document, 'fill it in before the ticket is put away: nobody will look again');
  },
};

/** Work that nobody did and nobody decided against. A complete node has its outcome in `l0`, by the lifecycle: together they say what shipped. */
function* open({ id }: Ticket, tasks: GovernedDocument, leaves: readonly NodeState[]): Iterable<Report> {
  const left = leaves.filter(({ isSettled }) => !isSettled);
  const [first] = left;
  if (!first) return;
  const named = left.slice(0, MOST_NAMED).map(({ node, status }) => `${node.id} (${status})`);
  yield {
    path: tasks.path,
    ...tasks.parsed.locate([...dataPathOf(first.node), 'id']),
    message: `Unexpected archive of ${id} with open nodes ${named.join(', ')}${left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : ''}, expected each of them to be complete, or skipped by a person`,
    remedy: 'complete them, or let a person skip them with a reason; what somebody else is to do becomes a ticket of its own',
  };
}

function stillOpen({ id }: Ticket, fork: GovernedDocument): Report {
  return {
    path: fork.path,
    ...fork.parsed.locate(['sub_workflow']),
    message: `Unexpected archive of ${id} with an open fork, expected it to be closed: ${String(fork.data.sub_workflow)} is not archived, and nothing says that the fork was abandoned`,
    remedy: `archive ${String(fork.data.sub_workflow)} first, or write abandoned: and why`,
  };
}

/** An operation recurs: that is what it is. */
function* recurs({ path, data, parsed }: GovernedDocument): Iterable<Report> {
  if (data.recurs !== undefined || data.shape === 'operation') return;
  yield { path, ...parsed.locate(['ticket'], 'key'), message: 'Unexpected archive without an answer to "will this recur?", expected recurs in tasks.md', remedy: 'write recurs: no, or recurs: yes where it becomes a skill or an operation at its next instance' };
}
