import { sectionsOf } from '../../documents/requirements.ts';
import { deltaOf, statusOf } from '../../workflow/change-record.ts';
import { effectiveSpec, foldOne, type EffectiveSpec } from '../../workflow/effective-spec.ts';
import { isOpenFork } from '../../workflow/fork.ts';
import { ticketStatus, type NodeState, type NodeStatus, type TicketStatus } from '../../workflow/node-status.ts';
import { waitsByNode } from '../../workflow/precedence.ts';
import type { GovernedDocument } from '../../workflow/snapshot.ts';
import { coversOf, leafTypeOf, textsIn, type TaskNode } from '../../workflow/task-tree.ts';
import type { Ticket } from '../../workflow/ticket.ts';

/** One entry of a history, as people read it. */
export interface VizEntry {
  readonly to: string;
  readonly by: string;
  /** As written; '' where nothing is. */
  readonly at: string;
  /** Reason, findings, verdict: what was said with it. */
  readonly said: readonly string[];
}

export interface VizNode {
  /** Name in the page: unique even where ids are not. */
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly parent: string | undefined;
  readonly depth: number;
  readonly isPhase: boolean;
  readonly type: 'agent' | 'command' | 'human' | 'phase';
  readonly role: string | undefined;
  readonly status: NodeStatus;
  readonly wave: number | undefined;
  /** Who works on it or did. */
  readonly by: readonly string[];
  /** Ids of what is not settled yet; and documents that hold it up. */
  readonly waitsFor: readonly string[];
  readonly blockedBy: readonly string[];
  readonly skippedFor: string | undefined;
  /** Keys of nodes. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly covers: 'all' | 'none' | readonly string[];
  /** Names of requirements that changed since it was completed. */
  readonly changed: readonly string[];
  /** Lists of the plan with their names, those that say something. */
  readonly plan: readonly { readonly name: string; readonly values: readonly string[]; readonly isCode: boolean }[];
  readonly needsPlan: boolean;
  readonly l0: string | undefined;
  readonly l1: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** The record's body, Markdown. */
  readonly l2: string;
  readonly history: readonly VizEntry[];
}

export interface VizRequirement {
  readonly name: string;
  /** Markdown: the statement and its scenarios. */
  readonly body: string;
  /** The change record that its text is from; undefined for spec.md. */
  readonly changedBy: string | undefined;
  /** Keys of the leaves that answer for it. */
  readonly coveredBy: readonly string[];
}

export interface VizChange {
  readonly name: string;
  readonly title: string;
  readonly status: string;
  readonly impact: string;
  readonly reason: string | undefined;
  readonly blocks: readonly string[];
  readonly taskImpact: string;
  readonly entries: readonly { readonly operation: string; readonly name: string; readonly to: string | undefined; readonly old: string | undefined; readonly now: string | undefined }[];
  readonly history: readonly VizEntry[];
}

export interface VizFork {
  readonly name: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly ticket: string;
  readonly state: 'open' | 'closed' | 'abandoned';
}

export interface VizModel {
  readonly ticket: string;
  readonly archived: boolean;
  readonly title: string;
  readonly goal: string;
  readonly why: string | undefined;
  /** Markdown parts with their headings: the idea, and what the spec says besides requirements. */
  readonly proposal: readonly { readonly name: string; readonly body: string }[];
  readonly current: string | undefined;
  readonly nodes: readonly VizNode[];
  /** What comes before what, by keys; `order` where the phase says so and not the node. */
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly order: boolean }[];
  readonly requirements: readonly VizRequirement[];
  readonly changes: readonly VizChange[];
  readonly forks: readonly VizFork[];
}

type Data = Readonly<Record<string, unknown>>;

/** Everything that the page shows of a ticket; statuses are those of `ticketStatus`. */
export function vizModel(ticket: Ticket, status: TicketStatus = ticketStatus(ticket)): VizModel {
  const { tasks, spec } = ticket;
  const goal = mapping(tasks?.data.goal);
  const keys = keysOf(status.nodes);
  const arrows = arrowsOf(status.nodes, keys);
  const nodes = status.nodes.map((state) => nodeOf(state, keys, arrows));
  const title = text(spec?.data.title) ?? text(goal.title) ?? ticket.id;
  return {
    ticket: ticket.id,
    archived: ticket.archived,
    title,
    goal: text(goal.title) ?? title,
    why: text(goal.why),
    proposal: proposalOf(ticket),
    current: status.current.node === undefined ? undefined : nodes.find(({ id, isPhase }) => !isPhase && id === status.current.node)?.key,
    nodes,
    arrows,
    requirements: requirementsOf(effectiveSpec(ticket), nodes),
    changes: changesOf(ticket),
    forks: ticket.forks.map((fork) => forkOf(ticket, fork)),
  };
}

function keysOf(states: readonly NodeState[]): Map<TaskNode, string> {
  const taken = new Map<string, number>();
  return new Map(states.map(({ node }) => {
    const count = (taken.get(node.id) ?? 0) + 1;
    taken.set(node.id, count);
    return [node, count === 1 ? node.id : `${node.id}.${count}`];
  }));
}

function arrowsOf(states: readonly NodeState[], keys: ReadonlyMap<TaskNode, string>): VizModel['arrows'] {
  const seen = new Set<string>();
  return [...waitsByNode(states.map(({ node }) => node)).values()].flat().flatMap(({ node, waitsFor, entry }) => {
    const [from, to] = [keys.get(waitsFor) as string, keys.get(node) as string];
    const name = `${from} ${to}`;
    if (seen.has(name) || from === to) return [];
    seen.add(name);
    return [{ from, to, order: entry === undefined }];
  });
}

function nodeOf(state: NodeState, keys: ReadonlyMap<TaskNode, string>, arrows: VizModel['arrows']): VizNode {
  const { node, record, life } = state;
  const key = keys.get(node) as string;
  const isPhase = node.children.length > 0 || node.data.type === 'phase';
  let depth = 0;
  for (let at = node.parent; at; at = at.parent) depth += 1;
  return {
    key,
    id: node.id,
    title: text(node.data.title) ?? node.id,
    parent: node.parent && keys.get(node.parent),
    depth,
    isPhase,
    type: isPhase ? 'phase' : leafTypeOf(node),
    role: text(node.data.role),
    status: state.status,
    wave: life.wave,
    by: [...new Set(life.implementers)],
    waitsFor: state.waitsFor,
    blockedBy: state.blockedBy,
    skippedFor: state.skippedFor,
    before: arrows.filter(({ to }) => to === key).map(({ from }) => from),
    after: arrows.filter(({ from }) => from === key).map(({ to }) => to),
    covers: coversOf(node),
    changed: state.changed,
    plan: planOf(node.data),
    needsPlan: node.data.plan === 'required',
    l0: text(record?.data.l0),
    l1: Object.entries(mapping(record?.data.l1)).map(([name, values]) => ({ name, values: textsIn(values) })).filter(({ values }) => values.length > 0),
    l2: record ? bodyOf(record) : '',
    history: record ? historyOf(record) : [],
  };
}

function planOf(data: Data): VizNode['plan'] {
  const paths = (value: unknown) => (Array.isArray(value) ? value : []).flatMap((one: unknown) => text(one) ?? withSection(mapping(one)) ?? []);
  return [
    { name: 'Command', values: textsIn([data.command]), isCode: true },
    { name: 'Scope', values: textsIn(data.scope), isCode: true },
    { name: 'Inputs', values: paths(data.inputs), isCode: true },
    { name: 'Process', values: textsIn(data.process), isCode: false },
    { name: 'Outputs', values: paths(data.outputs), isCode: true },
  ].filter(({ values }) => values.length > 0);
}

function withSection({ path, section }: Data): string | undefined {
  const file = text(path);
  return file === undefined || text(section) === undefined ? file : `${file}#${text(section)}`;
}

function historyOf({ data }: GovernedDocument): VizEntry[] {
  const history: unknown[] = Array.isArray(data.history) ? data.history : [];
  return history.map((entry) => {
    const { to, by, at, done, reason, findings, verdict, verified_by: verifier, exit, red, wave } = mapping(entry);
    const failing = mapping(red).failing;
    const said = [
      ...(typeof wave === 'number' ? [`wave ${wave}`] : []),
      ...(typeof verdict === 'string' ? [`verdict ${verdict}${typeof verifier === 'string' ? ` by ${verifier}` : ''}`] : []),
      ...(typeof exit === 'number' ? [`exit ${exit}`] : []),
      ...(typeof failing === 'number' ? [`${failing} failing before the work`] : []),
      ...textsIn(findings),
      ...textsIn([reason]),
    ];
    return { to: done === true ? 'done' : String(to ?? ''), by: text(by) ?? '', at: text(at) ?? '', said };
  });
}

function proposalOf(ticket: Ticket): VizModel['proposal'] {
  const { spec, snapshot, folder } = ticket;
  const idea = snapshot.document(`${folder}/idea.md`);
  const parts = [
    ...(idea ? [{ name: text(idea.data.title) ?? 'Idea', body: bodyOf(idea) }] : []),
    ...(spec ? sectionsOf(spec.parsed).map(({ name, body }) => ({ name: name === '(preamble)' ? '' : name, body })) : []),
    ...(ticket.tasks ? [{ name: 'About the plan', body: bodyOf(ticket.tasks) }] : []),
  ];
  return parts.filter(({ body }) => body.trim() !== '');
}

function requirementsOf({ requirements, specPath }: EffectiveSpec, nodes: readonly VizNode[]): VizRequirement[] {
  const leaves = nodes.filter(({ isPhase }) => !isPhase);
  return requirements.map(({ name, body, path }) => ({
    name,
    body,
    changedBy: path === specPath ? undefined : nameOf(path),
    coveredBy: leaves.filter(({ covers }) => covers === 'all' || (covers !== 'none' && covers.includes(name))).map(({ key }) => key),
  }));
}

function changesOf(ticket: Ticket): VizChange[] {
  let spec = effectiveSpec({ spec: ticket.spec, changes: [] });
  return ticket.changes.map((record) => {
    const { data } = record;
    const delta = deltaOf(record);
    const standing = spec;
    if (statusOf(record) === 'accepted') spec = foldOne(spec, record);
    const written = (operation: string) => operation === 'ADDED' || operation === 'MODIFIED';
    return {
      name: nameOf(record.path),
      title: text(data.title) ?? nameOf(record.path),
      status: statusOf(record) ?? 'unknown',
      impact: text(data.impact) ?? '',
      reason: text(data.reason),
      blocks: textsIn(data.blocks),
      taskImpact: delta.taskImpact,
      entries: [
        ...delta.requirements.map(({ operation, name, to, body }) => ({ operation, name, to, old: operation === 'ADDED' ? undefined : standing.requirements.find((one) => one.name === name)?.body, now: written(operation) ? body : undefined })),
        ...delta.sections.map(({ operation, name, body }) => ({ operation, name: `Section ${name}`, to: undefined, old: operation === 'ADDED' ? undefined : standing.sections.find((one) => one.name === name)?.body, now: written(operation) ? body : undefined })),
      ],
      history: historyOf(record),
    };
  });
}

function forkOf(ticket: Ticket, fork: GovernedDocument): VizFork {
  const { reason, spawned_from: from, return_to: to, sub_workflow: sub, abandoned } = fork.data;
  const state = text(abandoned) !== undefined ? 'abandoned' : isOpenFork(ticket, fork) ? 'open' : 'closed';
  return { name: nameOf(fork.path), reason: text(reason) ?? '', from: text(from) ?? '', to: text(to) ?? '', ticket: text(sub) ?? '', state };
}

function bodyOf({ parsed }: GovernedDocument): string {
  return parsed.text.split('\n').slice(parsed.bodyLine - 1).join('\n');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function mapping(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
}
