import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import { README_MARK, ticketReadme } from '../workflow/ticket-readme.ts';
import type { Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'readme-fresh',
  group: 'tree',
  severity: 'error',

  reads: ['README.md', 'spec.md', 'tasks.md'],
  *ticket(ticket, context) {
    const path = `${ticket.folder}/README.md`;
    const type = ticket.archived ? undefined : ticket.snapshot.tree.entry(path)?.type;
    if (type === 'file') yield* fresh(ticket, path, context);
    else if (type === undefined && !ticket.archived && context.options.required === true) yield* there(ticket, path, context);
  },
};

/** A README that says it is derived is what it would be derived as now. */
function* fresh(ticket: Ticket, path: string, { program }: RuleContext): Iterable<Report> {
  const bytes = ticket.snapshot.tree.read(path);
  if (!bytes || bytes.toString('latin1', 0, README_MARK.length) !== README_MARK || !ticket.tasks?.isValid) return;
  const text = bytes.toString();
  const page = pageOf(ticket);
  if (page === undefined) {
    yield { path, message: 'Unexpected derived README of a workflow with one node, expected none: there is no plan to show', remedy: `${program} check --fix, or git rm ${path}`, edits: [{ path, content: undefined, expect: bytes }] };
  } else if (text.replaceAll('\r\n', '\n') !== page) {
    yield { path, line: firstDifference(text, page), message: 'Unexpected text of a derived README, expected what spec.md and tasks.md say now', remedy: `${program} check --fix; to write the page by hand, remove its first line`, fix: { path, from: text, to: page } };
  }
}

function* there(ticket: Ticket, path: string, { program }: RuleContext): Iterable<Report> {
  const page = ticket.tasks?.isValid ? pageOf(ticket) : undefined;
  if (page !== undefined) yield { path, message: 'Unexpected ticket without README.md, expected the page that shows its plan: rules in WORKSPACE.md ask for one', remedy: `${program} check --fix`, edits: [{ path, content: page, expect: 'absent' }] };
}

function pageOf({ id, spec, tasks }: Ticket): string | undefined {
  return ticketReadme({ ticket: id, spec: spec?.data, tasks: tasks?.data ?? {} });
}

function firstDifference(text: string, page: string): number {
  const [left, right] = [text.split(/\r?\n/), page.split('\n')];
  return left.findIndex((line, index) => line !== right[index]) + 1 || left.length;
}
