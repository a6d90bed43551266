import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { nearest } from '../documents/nearest.ts';
import { isWithin } from '../workflow/contract.ts';
import { MESSAGE_PATH, type CommitStep, type Report, type Rule, type RuleContext } from '../workflow/rule.ts';
import { isInScope, scopeOf, type Scope } from '../workflow/scope.ts';
import { leavesOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import { nodeTrailers, type NodeTrailer } from '../workflow/trailers.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'scope-respected',
  group: 'tree',
  severity: 'error',

  *commit(step, context) {
    const trailers = nodeTrailers(step.message);
    const unknown: Report[] = [];
    const scopes: Scope[] = [];
    for (const trailer of trailers) {
      const nodes = nodesNamed(trailer, step);
      if (nodes === undefined) unknown.push(noTicket(trailer, step, context));
      else if (!('named' in nodes)) unknown.push(noNode(trailer, nodes.ids));
      else for (const node of nodes.named) {
        const scope = scopeOf(node, context.settings.modules);
        // Nothing limits it.
        if (!scope) return;
        scopes.push(scope);
      }
    }
    yield* unknown;
    if (scopes.length > 0 && unknown.length === 0) yield* outside(trailers, scopes, step);
  },
};

type Nodes = { readonly named: readonly TaskNode[] } | { readonly ids: readonly string[] };

/**
 * The node, or a phase and its leaves, as the parent has it: a commit does not widen its own scope.
 * A node that the commit adds is read from the commit. undefined where there is no such ticket.
 */
function nodesNamed({ ticket: id, node: name }: NodeTrailer, { before, after }: CommitStep): Nodes | undefined {
  const tickets = [...before, after].flatMap((snapshot) => ticketAnywhere(snapshot, id) ?? []);
  if (tickets.length === 0) return undefined;
  const trees = tickets.map(({ tasks }) => taskNodes(tasks?.data ?? {}));
  for (const nodes of trees) {
    const named = nodes.find((node) => node.id === name);
    if (named) return { named: withLeaves(named, nodes) };
  }
  return { ids: trees.flat().map((node) => node.id) };
}

/** A phase without a scope of its own may change what its leaves may. */
function withLeaves(node: TaskNode, nodes: readonly TaskNode[]): TaskNode[] {
  const below = leavesOf(nodes).filter((leaf) => leaf !== node && isWithin(leaf, node));
  return below.length === 0 || node.data.scope !== undefined ? [node, ...below] : below;
}

function noTicket({ ticket, line, column }: NodeTrailer, { after }: CommitStep, { program }: RuleContext): Report {
  const meant = nearest(ticket, ticketFolders(after).map(({ id }) => id));
  return {
    path: MESSAGE_PATH,
    line,
    column,
    message: `Unexpected ticket ${ticket} in a Node trailer, expected one with a folder in ${after.settings.layout.specs}${meant === undefined ? '' : `: did you mean ${meant}?`}`,
    remedy: meant === undefined ? `write the ticket's id, or leave the trailer out; ${program} new spec --ticket ${ticket} begins one` : `write ${meant}`,
  };
}

function noNode({ ticket, node, line, column }: NodeTrailer, ids: readonly string[]): Report {
  const meant = nearest(node, ids);
  return {
    path: MESSAGE_PATH,
    line,
    column,
    message: `Unexpected node ${node} in a Node trailer, expected a node of ${ticket}'s tasks.md${meant === undefined ? '' : `: did you mean ${meant}?`}`,
    remedy: meant === undefined ? `write one of ${ids.slice(0, MOST_REPORTS).join(', ') || 'its nodes once it has some'}, or leave the trailer out` : `write ${meant}`,
  };
}

/** Changed paths, new and deleted ones too, that no scope covers and that are not the ticket's own. */
function* outside(trailers: readonly NodeTrailer[], scopes: readonly Scope[], { before, after, changed }: CommitStep): Iterable<Report> {
  const own = new Set(trailers.flatMap(({ ticket }) => [...before, after].flatMap(({ settings }) => [`${ticketFolder(settings, ticket)}/`, `${archivedFolder(settings, ticket)}/`])));
  const isOwn = (path: string) => [...own].some((folder) => path.startsWith(folder));
  const found = changed.filter(({ path }) => !isOwn(path) && !scopes.some((scope) => isInScope(path, scope)));
  const names = [...new Set(trailers.map(({ ticket, node }) => `${ticket}/${node}`))];
  const patterns = [...new Set(scopes.flatMap((scope) => [...scope.patterns, ...scope.exceptions].map(({ text }) => text)))];
  for (const [index, { path }] of found.slice(0, MOST_REPORTS).entries()) {
    const more = index === MOST_REPORTS - 1 && found.length > MOST_REPORTS ? ` (and ${found.length - MOST_REPORTS} paths more)` : '';
    yield {
      path,
      message: `Unexpected change of ${path}${more} in a commit of ${names.join(', ')}, expected paths in its scope: ${patterns.join(', ') || 'none'}`,
      remedy: `commit it apart (git restore --staged ${path}), name the node it belongs to in a Node trailer too, or first widen the scope in tasks.md in a commit of its own`,
    };
  }
}
