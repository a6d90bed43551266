import { impactOf } from '../documents/delta.ts';
import { nearest } from '../documents/nearest.ts';
import { deltaOf, isScaffold, statusOf } from '../workflow/change-record.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'change-record-impact',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  reads: ['tasks.md', 'changes'],
  *ticket(ticket) {
    for (const record of ticket.changes) {
      const status = statusOf(record);
      if (status === 'rejected' || status === 'reverted') continue;
      const severity = ticket.archived || isScaffold(record) ? { severity: 'warning' as const } : {};
      for (const report of judge(ticket, record)) yield { ...report, ...severity };
    }
  },
};

function* judge(ticket: Ticket, record: GovernedDocument): Iterable<Report> {
  const { path, parsed } = record;
  const { problems } = deltaOf(record);
  const isOpen = statusOf(record) === 'proposed';
  for (const { line, message, remedy, repaired } of problems) {
    yield { path, line, message, remedy, ...(repaired !== undefined && isOpen && { fix: { path, from: parsed.text, to: repaired } }) };
  }
  // What is decided blocks nobody any more, and its nodes may be gone since.
  if (isOpen) yield* unknownNodes(ticket, record);
  const isBlank = isScaffold(record) && impactOf(deltaOf(record)) === undefined;
  if (problems.length === 0 && !isBlank) yield* misfit(record);
}

function* unknownNodes({ tasks, folder }: Ticket, record: GovernedDocument): Iterable<Report> {
  const blocks: unknown = record.data.blocks;
  if (!Array.isArray(blocks) || (tasks && tasks.parsed.data === undefined)) return;
  const ids = tasks ? taskNodes(tasks.data).map((node) => node.id) : [];
  for (const [index, id] of blocks.entries()) {
    if (typeof id !== 'string' || ids.includes(id)) continue;
    const near = nearest(id, ids);
    yield {
      path: record.path,
      ...record.parsed.locate(['blocks', index]),
      message: `Unexpected node ${id} in blocks, expected a node of ${folder}/tasks.md${near ? `, such as ${near}` : tasks ? '' : ', which does not exist'}`,
      remedy: near ? `write ${near}` : ids.length > 0 ? `name one of ${ids.slice(0, 8).join(', ')}, or delete the entry` : 'delete the entry',
    };
  }
}

/** A delta that is not of the class that the record claims. */
function* misfit(record: GovernedDocument): Iterable<Report> {
  const { impact, blocks } = record.data;
  const { requirements, sections } = deltaOf(record);
  const replacing = [...requirements, ...sections].find((entry) => entry.operation !== 'ADDED');
  const size = requirements.length + sections.length;
  const at = () => ({ path: record.path, ...record.parsed.locate(['impact']) });
  if (impact !== 'replacing' && replacing && (impact === 'additive' || impact === 'blocking')) {
    yield {
      path: record.path,
      line: replacing.line,
      message: `Unexpected ${replacing.operation} "${replacing.name}" in a record whose impact is ${impact}, expected ADDED alone`,
      remedy: `write impact: replacing${impact === 'blocking' ? '; blocks may stay' : ''}`,
    };
  }
  if (impact === 'additive' && size === 0) {
    yield { ...at(), message: 'Unexpected impact additive of a record that adds nothing, expected at least one entry under "## ADDED Requirements" or "## ADDED Section: NAME"', remedy: 'write what is added; a record that only holds up nodes is blocking' };
  }
  if (impact === 'replacing' && !replacing) {
    const remedy = size > 0 ? 'write impact: additive' : 'write what changes, each entry with its Was line';
    yield { ...at(), message: `Unexpected impact replacing of a record that ${size > 0 ? 'only adds' : 'changes nothing'}, expected at least one entry under MODIFIED, REMOVED or RENAMED`, remedy };
  }
  if (impact === 'blocking' && !(Array.isArray(blocks) && blocks.length > 0)) {
    yield { ...at(), message: 'Unexpected impact blocking of a record that names no node, expected blocks: with the nodes that wait', remedy: 'add blocks: [NODE, …]' };
  }
}
