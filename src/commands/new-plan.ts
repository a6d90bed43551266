import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { packageFile } from '../git/package-file.ts';
import { fill } from '../render/documents.ts';
import { asksForPlan } from '../workflow/node-plans.ts';
import { taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, namesOf } from './inputs.ts';
import { newDocument } from './new-document.ts';
import { tasksOf } from './tasks-file.ts';
import { existingTicket, openWorkspace, withTicket } from './workspace.ts';

/** A plan; with `--ticket` and `--node` one for that node, which the rule about new files then looks for. */
export async function newPlan(invocation: Invocation): Promise<Outcome> {
  const { values, program } = invocation;
  const [id, second] = namesOf(values, 'node');
  if (second !== undefined) throw new UserError(`Unexpected second --node ${second}, expected one: a plan is for one node`, `--node ${id}`, 'input');
  if (id === undefined && lineOf(values, 'ticket') === undefined) return newDocument(invocation, []);
  const workspace = openWorkspace(invocation);
  const ticket = existingTicket(workspace, invocation);
  const node = id === undefined ? undefined : await withTicket(workspace, ticket, (work) => nodeIn(taskNodes(tasksOf(workspace, work, ticket, program).data), id, ticket, program));
  const title = lineOf(values, 'title') ?? (node ? `Plan of ${String(node.data.title ?? node.id)}` : undefined);
  const set = [`ticket=${ticket}`, `slug=${[ticket.toLowerCase(), ...(id === undefined ? [] : [id])].join('-')}`, ...(id === undefined ? [] : [`node=${id}`])];
  const given = Array.isArray(values.set) ? values.set : [];
  const asks = node !== undefined && asksForPlan(node);
  const plan = { ...invocation, values: { ...values, ...(title !== undefined && { title }), set: [...set, ...given] } };
  return newDocument(plan, [], {
    template: asks ? withFiles(packageFile('generators/plan.md')) : undefined,
    description: 'fill in what is marked, then commit; somebody else reads it and writes status: approved',
  });
}

function nodeIn(nodes: readonly TaskNode[], id: string, ticket: string, program: string): TaskNode {
  const node = nodes.find((one) => one.id === id);
  if (node) return node;
  const meant = nearest(id, nodes.map((one) => one.id));
  throw new UserError(`Unexpected --node ${id}, expected a node of ${ticket}: ${nodes.map((one) => one.id).join(', ') || 'it has none'}`, meant ? `--node ${meant}` : `${program} node add ${id} --ticket ${ticket}`, 'node-unknown');
}

/** The files that a plan makes are what it is asked for. */
function withFiles(template: string): string {
  return template.replace('node: {{node}}\n', `node: {{node}}\ncreates: ["${fill('each file that it makes, or a pattern')}"]\n`);
}
