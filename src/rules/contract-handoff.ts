import { contractOf, foundAt, isElsewhere, isWithin, meetingIn, type ContractEntry } from '../workflow/contract.ts';
import { pathShapes, shapeOfPath, shapesMeet } from '../workflow/path-shape.ts';
import { precedenceOf } from '../workflow/precedence.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import { leavesOf, taskNodes, textsIn, type TaskNode } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'contract-handoff',
  group: 'tree',
  severity: 'error',
  offIn: ['trunk', 'contrib'],

  *ticket(ticket, { options }) {
    const { tasks, snapshot } = ticket;
    const nodes = tasks && !ticket.archived ? taskNodes(tasks.data) : [];
    const [inputs, outputs] = (['inputs', 'outputs'] as const).map((side) => nodes.flatMap((node) => contractOf(node, side, snapshot.settings))) as [ContractEntry[], ContractEntry[]];
    if (!tasks || inputs.length + outputs.length === 0) return;
    const found = [
      ...absent(ticket, outputs, nodes, textsIn(options.untracked)),
      ...unmade(inputs, outputs),
      ...(inputs.length > 0 ? unused(inputs, outputs, nodes) : []),
    ];
    for (const { entry, ...report } of found.slice(0, MOST_REPORTS)) yield { path: tasks.path, ...tasks.parsed.locate(entry.at), ...report };
  },
};

type Said = Pick<Report, 'message' | 'remedy' | 'severity'> & { readonly entry: ContractEntry };

/** Outputs of what is complete that the tree does not hold. */
function* absent(ticket: Ticket, outputs: readonly ContractEntry[], nodes: readonly TaskNode[], untracked: readonly string[]): Iterable<Said> {
  const { snapshot } = ticket;
  const complete = new Set(ticket.nodes.filter(({ data }) => lastOf(data.history) === 'complete').map(({ place }) => place.name));
  const ignored = untracked.flatMap(pathShapes);
  const leaves = leavesOf(nodes);
  for (const entry of outputs) {
    const { node, path } = entry;
    if (complete.size === 0 || !leaves.filter((leaf) => isWithin(leaf, node)).every((leaf) => complete.has(leaf.id))) continue;
    if (isElsewhere(snapshot.tree, entry, snapshot.settings) || entry.shapes.some((shape) => ignored.some((other) => shapesMeet(shape, other)))) continue;
    if (isThere(ticket, entry)) continue;
    yield {
      entry,
      message: `Unexpected absence of ${path}, which the completed node ${node.id} makes, expected it in the repository`,
      remedy: `git add ${path}; what git does not keep is named in WORKSPACE.md, rules: {contract-handoff: {untracked: ["${path}"]}}; a wrong path is corrected in the outputs of ${node.id}`,
    };
  }
}

function isThere({ snapshot: { tree }, folder }: Ticket, entry: ContractEntry): boolean {
  const at = foundAt(tree, entry, folder);
  if (at === undefined || !entry.isPattern || at === '') return at !== undefined;
  return tree.walk([at]).some((file) => entry.shapes.some((shape) => shapesMeet(shape, shapeOfPath(file.path))));
}

/** Working artifacts that this workflow does not make. */
function* unmade(inputs: readonly ContractEntry[], outputs: readonly ContractEntry[]): Iterable<Said> {
  const meeting = meetingIn(outputs);
  for (const entry of inputs) {
    const { node, path, layer } = entry;
    if (layer !== 'L4' || meeting(entry).some((output) => output.node !== node)) continue;
    yield {
      entry,
      message: `Unexpected working artifact ${path} (L4), an input of ${node.id} that no node makes, expected it among the outputs of an earlier one`,
      remedy: `name it in the outputs of the node that makes it; what stands in the repository anyway is layer: L3`,
    };
  }
}

/** Outputs that somebody comes after, with inputs of his own, and nobody takes. What the last nodes make is the result. */
function* unused(inputs: readonly ContractEntry[], outputs: readonly ContractEntry[], nodes: readonly TaskNode[]): Iterable<Said> {
  const precedes = precedenceOf(nodes);
  const takers = [...new Set(inputs.map(({ node }) => node))];
  const meeting = meetingIn(inputs);
  for (const entry of outputs) {
    const { node, path } = entry;
    if (!takers.some((taker) => precedes(node, taker))) continue;
    if (meeting(entry).some((input) => !isWithin(input.node, node))) continue;
    yield {
      entry,
      message: `Unexpected output ${path} of ${node.id} that no other node takes, expected it among the inputs of a later one`,
      remedy: 'name it in the inputs of the node that goes on with it, or leave it out of the contract',
      severity: 'warning',
    };
  }
}

function lastOf(history: unknown): unknown {
  const last: unknown = Array.isArray(history) ? history.at(-1) : undefined;
  return (last as { to?: unknown } | null | undefined)?.to;
}
