import { ticketOfBranch } from '../workflow/infer-ticket.ts';
import type { RefStep, Report, Rule } from '../workflow/rule.ts';
import { restOf } from '../workflow/stale.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import { ticketIn, ticketPaths, type Ticket } from '../workflow/ticket.ts';

/** The rest shows when these move. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'workflow-stale',
  group: 'tree',
  severity: 'warning',

  summary(ticket, { today, settings }) {
    return today && judge(ticket, today, settings.staleDays);
  },

  *across(reports) {
    yield* (reports as Report[]).slice(0, MOST_REPORTS);
  },

  *ref(step, { settings }) {
    const { now } = step;
    if (now === undefined) return;
    let count = 0;
    for (const ticket of openTickets(step)) {
      const report = judge(ticket, now, settings.staleDays);
      if (!report) continue;
      yield { ...report, ...ticket.tasks?.parsed.locate(['nodes'], 'key') };
      if (++count === MOST_REPORTS) return;
    }
  },
};

/** On the trunk all that are open, on a branch the one in its name. */
function openTickets({ after, name, isTrunk }: RefStep): Ticket[] {
  if (!isTrunk && name === undefined) return [];
  const folders = ticketFolders(after).filter(({ archived }) => !archived);
  const own = name === undefined ? undefined : ticketOfBranch(name, folders.map(({ id }) => id))?.toLowerCase();
  const meant = isTrunk ? folders : folders.filter(({ id }) => id.toLowerCase() === own);
  after.tree.prefetch(meant.flatMap(({ folder }) => ticketPaths(folder)));
  const records = meant.flatMap(({ folder }) => ['nodes', 'changes', 'forks'].flatMap((part) => after.tree.list(`${folder}/${part}`).map(({ path }) => path)));
  if (records.length > 0) after.tree.prefetch(records);
  return meant.map(({ folder, id }) => ticketIn(after, folder, id, false)).filter(({ tasks }) => tasks !== undefined);
}

/** Without its line, which takes reading the file again: an audit may find hundreds and tells of few. */
function judge(ticket: Ticket, now: Date, staleDays: number): Report | undefined {
  const rest = restOf(ticket, now, staleDays);
  if (!rest) return undefined;
  return {
    path: `${ticket.folder}/tasks.md`,
    message: `Unexpected rest of ${ticket.id} for ${rest.days} days, since ${rest.since.toISOString().slice(0, 10)}, expected a transition within ${staleDays}: ${rest.where}`,
    remedy: `go on with ${rest.node}, release or skip it with a reason, or archive the ticket; stale_days of WORKSPACE.md says how long a rest may be`,
    severity: 'warning',
  };
}
