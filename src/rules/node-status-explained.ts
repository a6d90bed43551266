import { replay, type LifecycleProblem } from '../workflow/lifecycle.ts';
import { ticketLaw } from '../workflow/node-law.ts';
import { nodeRecordOf } from '../workflow/node-record.ts';
import { ticketStatus } from '../workflow/node-status.ts';
import { premature, type Premature } from '../workflow/premature.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'node-status-explained',
  group: 'tree',
  severity: 'error',
  isProtected: true,

  reads: ['spec.md', 'tasks.md', 'changes', 'nodes', 'forks'],
  *ticket(ticket, context) {
    if (ticket.nodes.length === 0) return;
    const { maxRetries } = context.settings.execution;
    const { nodes } = ticketStatus(ticket, maxRetries);
    const problems = new Map(nodes.flatMap(({ record, life }) => (record ? [[record, life.problem] as const] : [])));
    const orphans = ticketLaw(ticket, maxRetries).lawOf(undefined);
    for (const record of ticket.nodes) {
      if (record.parsed.data === undefined) {
        yield { path: record.path, message: 'Unexpected unreadable node record, expected one whose history can be replayed', remedy: 'mend the frontmatter (see frontmatter-valid)' };
        continue;
      }
      const problem = problems.has(record) ? problems.get(record) : replay(nodeRecordOf(record.data), orphans).problem;
      if (problem) yield unexplained(record, problem, context);
    }
    for (const one of premature(nodes)) yield early(one, context);
  },
};

function unexplained(record: GovernedDocument, { at, message }: LifecycleProblem, context: RuleContext): Report {
  return {
    path: record.path,
    ...record.parsed.locate(at),
    message,
    remedy: `say what happened, an entry for each step with its evidence (${context.program} explain node-status-explained); a slip goes back by git checkout ${context.origin} -- ${record.path}`,
  };
}

function early({ state, waitsFor }: Premature, context: RuleContext): Report {
  const record = state.record as GovernedDocument;
  return {
    path: record.path,
    ...record.parsed.locate(['status']),
    message: `Unexpected complete ${state.node.id}, expected ${waitsFor.node.id} to be complete or skipped before it`,
    remedy: `finish ${waitsFor.node.id} first and take ${state.node.id} back (an entry to: reset with a reason), or take ${waitsFor.node.id} out of what it waits for in tasks.md; a slip goes back by git checkout ${context.origin} -- ${record.path}`,
  };
}
