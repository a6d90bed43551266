import { nearest } from '../documents/nearest.ts';
import { lastStatus } from '../workflow/node-record.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { taskNodes } from '../workflow/task-tree.ts';

export const rule: Rule = {
  id: 'node-record-orphan',
  group: 'tree',
  severity: 'error',

  reads: ['tasks.md', 'nodes'],
  *ticket({ tasks, nodesToJudge: nodes }, context) {
    if (nodes.length === 0 || tasks?.parsed.data === undefined) return;
    const planned = new Map(taskNodes(tasks.data).map((node) => [node.id, node] as const).reverse());
    for (const record of nodes) {
      const name = record.place.name ?? '';
      const last = lastStatus(record);
      const node = planned.get(name);
      if (!node && last !== 'skipped') yield orphan(record, [...planned.keys()], tasks, context);
      else if (node && node.children.length > 0 && last !== 'skipped' && last !== 'reset') yield ofPhase(record);
    }
  },
};

function orphan(record: GovernedDocument, ids: readonly string[], tasks: GovernedDocument, { program }: RuleContext): Report {
  const name = record.place.name ?? '';
  const meant = nearest(name, ids);
  return {
    path: record.path,
    ...record.parsed.locate(['node']),
    message: `Unexpected record of ${name}, expected a node of ${tasks.path}${meant ? `: did you mean ${meant}?` : ''}`,
    remedy: `put the node back into tasks.md; where the plan has changed, end its history with an entry to: skipped and a reason (${program} explain node-status-explained tells from where)`,
    ...(record.place.archived && { severity: 'warning' as const }),
  };
}

function ofPhase(record: GovernedDocument): Report {
  return {
    path: record.path,
    ...record.parsed.locate(['status']),
    message: `Unexpected stored status of the phase ${record.place.name}, expected its status to follow from the nodes in it`,
    remedy: 'where it was a leaf before, end its history with an entry to: reset and a reason; work is recorded at the nodes in it',
    ...(record.place.archived && { severity: 'warning' as const }),
  };
}
