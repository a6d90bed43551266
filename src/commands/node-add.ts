import { insertItem } from '../documents/edit.ts';
import { nearest } from '../documents/nearest.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { withLock } from '../git/lock.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { cyclesOf } from '../workflow/precedence.ts';
import { Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { README_MARK, ticketReadme } from '../workflow/ticket-readme.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, linesOf, namesOf, wordOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { editable, tasksOf } from './tasks-file.ts';
import { existingTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

/**
 * Adds one node to a workflow, frozen or not: the plan may grow, the spec may not. Everything else in
 * tasks.md stays as it is by the byte.
 */
export async function addNode(invocation: Invocation, ids: readonly string[]): Promise<Outcome> {
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) throw new UserError(`Unexpected ${ids.length} ids, expected that of the node to add`, `${invocation.program} node add build --title "WHAT IT DOES"`, 'usage');
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) throw new UserError(`Unexpected id ${JSON.stringify(id)}, expected small letters, digits and hyphens, such as build-api`, `${invocation.program} node add build-api`, 'input');
  const workspace = openWorkspace(invocation);
  const name = existingTicket(workspace, invocation);
  // Two at once are one after the other, so that neither is lost or has to be asked for again.
  return withLock(workspace.repository.statePath('plan', `${name}.lock`), () => withTicket(workspace, name, (work) => {
    const tasks = tasksOf(workspace, work, name, invocation.program);
    const ticket = ticketIn(new Snapshot(work, workspace.settings), tasks.path.slice(0, tasks.path.lastIndexOf('/')), name, false);
    const nodes = taskNodes(tasks.data);
    mayAdd(id, ticket, nodes, invocation);
    const place = placeFor(ticket, nodes, invocation);
    const file = editable(workspace, tasks.path);
    const content = insertItem(file.text, [...(place.parent ? dataPathOf(place.parent) : []), 'nodes'], place.index, dataOf(id, invocation));
    const data = parseDocument(Buffer.from(content)).data ?? {};
    noCycle(id, taskNodes(data), invocation);
    const edits: Edit[] = [{ path: tasks.path, content, expect: file.bytes }, ...readmeEdits(workspace, ticket, data)];
    const findings = judgeEdits(workspace, work, edits, invocation.program, 'new');
    if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, `${id} cannot be added like this; nothing was written`);
    return written(workspace, invocation, { edits, ticket: name, id, place, tasks });
  }));
}

interface NewPlace {
  readonly parent: TaskNode | undefined;
  /** Among the nodes of its parent. */
  readonly index: number;
}

interface Added {
  readonly edits: readonly Edit[];
  readonly ticket: string;
  readonly id: string;
  readonly place: NewPlace;
  readonly tasks: GovernedDocument;
}

function written(workspace: Workspace, invocation: Invocation, { edits, ticket, id, place, tasks }: Added): Outcome {
  const under = place.parent === undefined ? '' : ` under ${place.parent.id}`;
  return write(workspace, invocation, {
    edits,
    message: `docs(${ticket}): plan ${id}`,
    description: 'commit the plan',
    done: `${id} is planned${under}; its spec stays as it is`,
    json: { ticket, node: id, under: place.parent?.id ?? null, index: place.index, pin: tasks.data.spec ?? null },
  });
}

/** Ids are unique in a ticket, those of records without a node too; what it names has to be there. */
function mayAdd(id: string, { nodes: records, folder }: Ticket, nodes: readonly TaskNode[], { values, program }: Invocation): void {
  if (nodes.some((node) => node.id === id)) throw new UserError(`Unexpected second node ${id}, expected an id that ${folder}/tasks.md does not have yet`, `${program} node add ${freeId(id, nodes)}`, 'node-exists');
  const record = records.find(({ place }) => place.name === id);
  if (record) throw new UserError(`Unexpected node ${id}, expected an id without a record: ${record.path} is that of an earlier one`, `${program} node add ${freeId(id, nodes)}`, 'node-recorded');
  for (const other of namesOf(values, 'depends-on')) {
    if (other !== id) named(other, 'depends-on', nodes);
    else throw new UserError(`Unexpected --depends-on ${id} of ${id} itself, expected another node`, `--depends-on ${nodes[0]?.id ?? 'NODE'}`, 'node-cycle');
  }
}

function freeId(id: string, nodes: readonly TaskNode[]): string {
  let number = 2;
  while (nodes.some((node) => node.id === `${id}-${number}`)) number += 1;
  return `${id}-${number}`;
}

function named(id: string, option: string, nodes: readonly TaskNode[]): TaskNode {
  const node = nodes.find((one) => one.id === id);
  if (node) return node;
  const meant = nearest(id, nodes.map((one) => one.id));
  throw new UserError(`Unexpected --${option} ${id}, expected a node of the workflow: ${nodes.slice(0, 20).map((one) => one.id).join(', ')}`, meant === undefined ? `--${option} ${nodes[0]?.id ?? 'NODE'}` : `did you mean --${option} ${meant}?`, 'node-unknown');
}

/** Where `--under`, `--before` and `--after` put it; at the end of the top where none is said. */
function placeFor(ticket: Ticket, nodes: readonly TaskNode[], { values, program }: Invocation): NewPlace {
  const [under, before, after] = ['under', 'before', 'after'].map((option) => lineOf(values, option)) as [string?, string?, string?];
  if (before !== undefined && after !== undefined) throw new UserError('Unexpected --before beside --after, expected one of them', `--after ${after}`, 'usage');
  const parent = under === undefined ? undefined : named(under, 'under', nodes);
  const option = before === undefined ? 'after' : 'before';
  const neighbour = before ?? after;
  const beside = neighbour === undefined ? undefined : named(neighbour, option, nodes);
  if (beside && parent && beside.parent !== parent) throw new UserError(`Unexpected --${option} ${beside.id} with --under ${parent.id}, expected a node directly in ${parent.id}`, beside.parent ? `--under ${beside.parent.id}` : `leave out --under: ${beside.id} stands at the top`, 'usage');
  if (beside) return { parent: beside.parent, index: beside.index + (before === undefined ? 1 : 0) };
  if (!parent) return { parent, index: Number.POSITIVE_INFINITY };
  becomesPhase(parent, ticket, program);
  return { parent, index: Number.POSITIVE_INFINITY };
}

/** A leaf that nobody has begun may become a phase: its status would follow from others, and a record of its own would say another. */
function becomesPhase(parent: TaskNode, { nodes: records, folder }: Ticket, program: string): void {
  if (parent.children.length > 0) return;
  const record = records.find(({ place }) => place.name === parent.id);
  if (record) throw new UserError(`Unexpected node under ${parent.id}, which has a record, expected a phase or a node that nobody has begun`, `${program} node add ID --after ${parent.id} puts it beside; ${record.path} stays the record of a leaf`, 'node-begun');
  const { type } = parent.data;
  if (type === undefined || type === 'phase') return;
  throw new UserError(`Unexpected node under ${parent.id}, which is of type ${String(type)}, expected a phase or a node without a type`, `take type out of ${parent.id} in ${folder}/tasks.md, or ${program} node add ID --after ${parent.id}`, 'node-type');
}

const TYPES = ['agent', 'command', 'human', 'phase'] as const;

/** What the options say, in the order of the schema. */
function dataOf(id: string, { values }: Invocation): Readonly<Record<string, unknown>> {
  const [title, role, line] = ['title', 'role', 'command'].map((option) => lineOf(values, option));
  const type = wordOf(values, 'type', TYPES) ?? (line === undefined ? undefined : 'command');
  if ((type === 'command') !== (line !== undefined)) throw new UserError(`Unexpected ${line === undefined ? '--type command without --command' : `--command with --type ${type}`}, expected both or none`, '--type command --command "npm run lint"', 'input');
  const depends = namesOf(values, 'depends-on');
  const order = wordOf(values, 'order', ['sequential', 'free']);
  const covers = coversOf(values) ?? (type === undefined || type === 'agent' ? undefined : 'none');
  const lists = ['scope', 'input', 'output', 'process'].map((option) => linesOf(values, option));
  const [scope, inputs, outputs, process] = lists.map((list) => (list.length > 0 ? list : undefined));
  const data = { id, title, type, role, covers: type === 'phase' && values.covers === undefined ? undefined : covers, scope, depends_on: depends.length > 0 ? depends : undefined, order, command: line, inputs, process, outputs };
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/** `all`, `none`, or the names of requirements, which may hold commas. */
function coversOf(values: Invocation['values']): string | string[] | undefined {
  const names = linesOf(values, 'covers');
  const [first] = names;
  if (first === undefined) return undefined;
  if (names.length === 1 && (first === 'all' || first === 'none')) return first;
  return [...new Set(names)];
}

function noCycle(id: string, nodes: readonly TaskNode[], { program }: Invocation): void {
  const [cycle] = cyclesOf(nodes);
  if (!cycle) return;
  const way = cycle.map(({ node, waitsFor }) => `${node.id} waits for ${waitsFor.id}`).join(', ');
  throw new UserError(`Unexpected circle around ${id}, expected an order in which every node can start: ${way}`, `leave out one of --depends-on, or put it elsewhere; ${program} explain tree-acyclic`, 'node-cycle');
}

/** The derived page shows the plan, and is written with it. */
export function readmeEdits({ settings }: Workspace, { id, folder, spec, snapshot: { tree } }: Ticket, tasks: Readonly<Record<string, unknown>>): Edit[] {
  const path = `${folder}/README.md`;
  const bytes = tree.read(path);
  const page = ticketReadme({ ticket: id, spec: spec?.data, tasks });
  if (page === undefined) return [];
  if (!bytes) return settings.rules.get('readme-fresh')?.options.required === true && tree.entry(path) === undefined ? [{ path, content: page, expect: 'absent' }] : [];
  const text = bytes.toString();
  if (!text.startsWith(README_MARK)) return [];
  const content = text.includes('\r\n') ? page.replaceAll('\n', '\r\n') : page;
  return content === text ? [] : [{ path, content, expect: bytes }];
}
