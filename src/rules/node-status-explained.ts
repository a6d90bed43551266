import { replay, type LifecycleProblem } from '../workflow/lifecycle.ts';
import { ticketLaw } from '../workflow/node-law.ts';
import { nodeRecordOf } from '../workflow/node-record.ts';
import { livesOf } from '../workflow/node-status.ts';
import { premature, type Premature } from '../workflow/premature.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { inTreeOrder, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'node-status-explained',
  group: 'tree',
  severity: 'error',
  isProtected: true,

  reads: ['spec.md', 'tasks.md', 'changes', 'nodes', 'forks'],
  *ticket(ticket, context) {
    if (ticket.nodesToJudge.length === 0) return;
    const { maxRetries } = context.settings.execution;
    const nodes = inTreeOrder(taskNodes(ticket.tasks?.data ?? {}));
    const planned = new Map(nodes.map((node) => [node.id, node]));
    const judged = withDecisions(ticket, planned);
    const lives = livesOf(ticket, maxRetries);
    const orphans = ticketLaw(ticket, maxRetries).lawOf(undefined);
    for (const record of judged) {
      if (record.parsed.data === undefined) {
        yield { path: record.path, message: 'Unexpected unreadable node record, expected one whose history can be replayed', remedy: 'mend the frontmatter (see frontmatter-valid)' };
        continue;
      }
      const node = planned.get(record.place.name ?? '');
      const { problem } = node ? lives.own(node) : replay(nodeRecordOf(record.data), orphans);
      if (problem) yield unexplained(record, problem, context);
    }
    const byName = new Map(judged.map((record) => [record.place.name, record]));
    for (const one of premature(nodes.filter(({ id }) => byName.has(id)), nodes, lives.effective)) yield early(one, byName.get(one.node.id) as GovernedDocument, context);
  },
};

/** Whether a person may have decided depends on who did the work: on other records. */
function withDecisions({ nodes, nodesToJudge }: Ticket, planned: ReadonlyMap<string, TaskNode>): readonly GovernedDocument[] {
  const isDecision = ({ place }: GovernedDocument) => planned.get(place.name ?? '')?.data.type === 'human';
  return nodes.length === nodesToJudge.length ? nodesToJudge : [...new Set([...nodesToJudge, ...nodes.filter(isDecision)])];
}

function unexplained(record: GovernedDocument, { at, message }: LifecycleProblem, context: RuleContext): Report {
  return {
    path: record.path,
    ...record.parsed.locate(at),
    message,
    remedy: `say what happened, an entry for each step with its evidence (${context.program} explain node-status-explained); a slip goes back by git checkout ${context.origin} -- ${record.path}`,
  };
}

function early({ node, waitsFor }: Premature, record: GovernedDocument, context: RuleContext): Report {
  return {
    path: record.path,
    ...record.parsed.locate(['status']),
    message: `Unexpected complete ${node.id}, expected ${waitsFor.id} to be complete or skipped before it`,
    remedy: `finish ${waitsFor.id} first and take ${node.id} back (an entry to: reset with a reason), or take ${waitsFor.id} out of what it waits for in tasks.md; a slip goes back by git checkout ${context.origin} -- ${record.path}`,
  };
}
