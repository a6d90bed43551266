import { slugOf } from '../workflow/record-name.ts';
import { isUnfilled, type Planning, type PlanningEntry } from '../workflow/planning.ts';
import { isExcluded } from '../workflow/planning-questions.ts';
import { fill } from './documents.ts';

/** A node as it is written into tasks.md. */
export type NodeDraft = Readonly<Record<string, unknown>> & { readonly id: string };

/** The key of a node that says which epic it is. */
const EPIC_KEY = 'x-epic';

/**
 * A node for each epic that is to be done, in their order, with the dependencies between them. `names`
 * are the requirements of the spec by their ids in the planning; those that no epic delivers get a
 * node of their own, which says so.
 */
export function epicNodes(planning: Planning, names: ReadonlyMap<string, string>): NodeDraft[] {
  const epics = (planning.epics?.entries ?? []).filter((epic) => !isExcluded(epic));
  const ids = idsOf(epics);
  const nodes = epics.map((epic): NodeDraft => {
    const covers = epic.requirements.flatMap((id) => names.get(id) ?? []);
    const before = epic.dependsOn.flatMap((id) => ids.get(id) ?? []);
    return {
      id: ids.get(epic.id) as string,
      title: isUnfilled(epic.name) || epic.name === '' ? fill(`what ${epic.id} is called`) : epic.name,
      role: 'implementer',
      covers: covers.length > 0 ? covers : 'none',
      ...(before.length > 0 && { depends_on: before }),
      ...(epic.scope.length > 0 && { scope: epic.scope }),
      [EPIC_KEY]: epic.id,
    };
  });
  const covered = new Set(epics.flatMap(({ requirements }) => requirements));
  const left = [...names].filter(([id]) => !covered.has(id));
  if (left.length === 0) return nodes;
  return [...nodes, { id: free('rest', ids), title: fill(`which epic delivers ${left.map(([id]) => id).join(', ')}, or what this node is called`), role: 'implementer', covers: left.map(([, name]) => name) }];
}

/** Ids of nodes by ids of epics: the name as a slug where it is free, else the epic's own id. */
function idsOf(epics: readonly PlanningEntry[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { id, name } of epics) {
    const slug = isUnfilled(name) ? '' : slugOf(name);
    ids.set(id, slug === '' || [...ids.values()].includes(slug) ? id.toLowerCase() : slug);
  }
  return ids;
}

function free(wanted: string, ids: ReadonlyMap<string, string>): string {
  const taken = [...ids.values()];
  let name = wanted;
  for (let number = 2; taken.includes(name); number += 1) name = `${wanted}-${number}`;
  return name;
}
