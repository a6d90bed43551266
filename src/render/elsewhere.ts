import type { Sighting, UnitedTicket } from '../workflow/everywhere.ts';
import { ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { oneLine } from './plain-text.ts';

const LINE = 200;

/**
 * What other branches and work trees hold of a ticket that this work tree does not: nodes that have
 * gone on there, records that are new there, histories that went apart. `here`: as it stands here.
 */
export function elsewhereLines(here: { readonly ticket: Ticket; readonly status: TicketStatus } | undefined, united: UnitedTicket): string[] {
  const held = `held by ${united.sightings.slice(0, 3).map(nameOf).join(', ')}`;
  if (!here) return [oneLine(`- not in this work tree; ${held}`, LINE)];
  if (united.ticket.archived && !here.ticket.archived) return [oneLine(`- finished: the trunk has archived it; what this branch still holds is old`, LINE)];
  const there = ticketStatus(united.ticket);
  const nodes = leaves(there).flatMap((state) => {
    const own = here.status.byId.get(state.node.id);
    if (own && own.status === state.status && entriesIn(own) >= entriesIn(state)) return [];
    return [`- ${state.node.id}: ${state.status}${state.life.implementers.length > 0 ? ` by ${state.life.implementers.at(-1)}` : ''} (here: ${own?.status ?? 'no such node'})${whereOf(united, `nodes/${state.node.id}.md`)}`];
  });
  const known = new Set([...here.ticket.changes, ...here.ticket.forks].map(({ path }) => path.slice(here.ticket.folder.length + 1)));
  const records = [...united.documents.keys()].filter((path) => /^(?:changes|forks)\//.test(path) && !known.has(path)).sort().map((path) => `- ${path}${whereOf(united, path)}`);
  const apart = united.diverged.map((path) => `- ${path} tells different histories${whereOf(united, path)}, ${(united.documents.get(path)?.others ?? []).map(({ sightings }) => sightings[0]).filter((one) => one !== undefined).map(nameOf).join(', ')}`);
  return [...apart, ...nodes, ...records].map((line) => oneLine(line, LINE));
}

function leaves({ nodes }: TicketStatus): NodeState[] {
  return nodes.filter(({ node }) => node.children.length === 0 && node.data.type !== 'phase');
}

function entriesIn({ record }: NodeState): number {
  return Array.isArray(record?.data.history) ? record.data.history.length : 0;
}

function whereOf({ documents }: UnitedTicket, path: string): string {
  const [first] = documents.get(path)?.sightings ?? [];
  return first ? ` in ${nameOf(first)}` : '';
}

/** A branch by its short name, a work tree by its folder. */
export function nameOf({ name }: Pick<Sighting, 'name'>): string {
  return name.replace(/^refs\/(?:heads|remotes|tags)\//, '');
}
