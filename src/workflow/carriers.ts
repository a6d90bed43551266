import { nameKey } from '../documents/operations.ts';
import { parseDocument } from '../documents/parse.ts';
import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import { effectiveSpec } from './effective-spec.ts';
import { roleOf, TEST_WRITER } from './roles.ts';
import { isInScope, scopeOf, type Scope } from './scope.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';
import { coversOf, leavesOf, taskNodes, type TaskNode } from './task-tree.ts';
import { ticketFolders } from './ticket-folders.ts';
import { ticketIn, ticketPaths, type Ticket } from './ticket.ts';

/** Paths that carry a requirement of a living spec: what a finished node covered, and where it worked. */
export interface Carrier {
  readonly ticket: string;
  readonly node: string;
  /** Its paths are the tests. */
  readonly isTest: boolean;
  /** Path of the living spec, and the requirement as it stands there. */
  readonly spec: string;
  readonly requirement: Pick<Requirement, 'name' | 'key' | 'line'>;
  readonly scope: Scope;
}

/**
 * What carries the living specs of a tree, by the plans and records of its archived tickets. Derived,
 * never stored; reads the archive, so no check of a commit asks for it.
 */
export function carriersIn(snapshot: Snapshot): Carrier[] {
  const { tree } = snapshot;
  const folders = ticketFolders(snapshot).filter(({ archived }) => archived);
  tree.prefetch(folders.map(({ folder }) => `${folder}/spec.md`));
  const promoting = folders.filter(({ folder }) => tree.read(`${folder}/spec.md`)?.includes('capability:'));
  tree.prefetch(promoting.flatMap(({ folder }) => ticketPaths(folder)));
  const living = new Map<string, ReadonlyMap<string, Requirement>>();
  return promoting.flatMap(({ folder, id }) => {
    const ticket = ticketIn(snapshot, folder, id, true);
    const spec = livingSpecOf(ticket);
    if (spec === undefined) return [];
    if (!living.has(spec)) living.set(spec, byKey(tree.read(spec)));
    return carriersOf(ticket, spec, living.get(spec) as ReadonlyMap<string, Requirement>);
  });
}

/** Path of the living spec that a ticket is written for; undefined where it names none. */
export function livingSpecOf({ spec, snapshot }: Pick<Ticket, 'spec' | 'snapshot'>): string | undefined {
  const capability = spec?.data.capability;
  return typeof capability === 'string' ? `${snapshot.settings.layout.capabilities}/${capability}.md` : undefined;
}

/** The carriers that a path is one of. */
export function carriersAt(carriers: readonly Carrier[], path: string): Carrier[] {
  return carriers.filter(({ scope }) => isInScope(path, scope));
}

/** Of the document as it stands, whether its kind is switched on or not. */
function byKey(bytes: Buffer | undefined): ReadonlyMap<string, Requirement> {
  return new Map((bytes ? requirementsOf(parseDocument(bytes)) : []).map((requirement) => [requirement.key, requirement]));
}

/** A node without a scope may have worked anywhere: it carries nothing that could be named. */
function carriersOf(ticket: Ticket, spec: string, living: ReadonlyMap<string, Requirement>): Carrier[] {
  const all = effectiveSpec(ticket).requirements.map(({ name }) => name);
  const records = new Map(ticket.nodes.map((record) => [record.place.name, record]));
  return leavesOf(taskNodes(ticket.tasks?.data ?? {})).flatMap((node) => {
    const record = records.get(node.id);
    const scope = record?.data.status === 'complete' ? scopeOf(node, ticket.snapshot.settings.modules) : undefined;
    if (!record || !scope) return [];
    return coveredBy(node, record, all).flatMap((name) => {
      const requirement = living.get(nameKey(name));
      return requirement ? [{ ticket: ticket.id, node: node.id, isTest: roleOf(node) === TEST_WRITER, spec, requirement, scope }] : [];
    });
  });
}

/** What the record says it was completed against, else what the plan says. */
function coveredBy(node: TaskNode, { data }: GovernedDocument, all: readonly string[]): readonly string[] {
  if (typeof data.covered === 'object' && data.covered !== null) return Object.keys(data.covered);
  const covers = coversOf(node);
  return covers === 'all' ? all : covers === 'none' ? [] : covers;
}
