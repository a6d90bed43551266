import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { noteClaims } from '../git/claims-here.ts';
import { now } from '../git/clock.ts';
import { FileTree } from '../git/file-tree.ts';
import { readBytes } from '../git/files.ts';
import { filesBelow } from '../git/files-below.ts';
import { withLock } from '../git/lock.ts';
import { optimise } from '../git/v8-flags.ts';
import { scopeOf } from '../workflow/scope.ts';
import { scopeRoots } from '../workflow/scope-digest.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import { write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lookElsewhere } from './node-claim.ts';
import { decideSteps, hasScope, type Found } from './node-decide.ts';
import { existingTicket, openWorkspace, type Workspace } from './workspace.ts';

/**
 * Applies one verb to some nodes: all of them or none, one file each. What stands here and elsewhere
 * is read, judged and written while this process holds the claims' lock, so that of two who begin at
 * once the second sees what the first has written.
 */
export async function stepNodes(invocation: Invocation, verb: NodeVerb, ids: readonly string[], found: Found = {}): Promise<Outcome> {
  if (ids.length === 0) throw new UserError(`Unexpected absence of a node, expected the node to ${verb}`, `${invocation.program} ${verb === 'retry' ? verb : `node ${verb}`} NODE`, 'usage');
  // What is over in some milliseconds only loses a core to the optimiser; all that runs is loaded by now.
  optimise(false);
  const workspace = openWorkspace(invocation);
  const id = existingTicket(workspace, invocation);
  const by = actorOf(workspace.repository, typeof invocation.values.by === 'string' ? invocation.values.by : undefined);
  const files = filesBelow(workspace.repository, hasScope(verb) ? rootsOf(workspace, id, ids) : []);
  const asked = { verb, ticket: id, nodes: [...new Set(ids)], by, at: now(), files, found };
  return withLock(claimsLock(workspace), () => {
    const work = new FileTree(workspace.repository.workRoot, { objectFormat: workspace.repository.objectFormat });
    const decided = decideSteps(workspace, work, invocation, { ...asked, look: (frozen, status) => lookElsewhere(workspace, frozen, work, status) });
    // The work is committed with the last word on it.
    if ('exit' in decided) return decided;
    const also = verb === 'start' || verb === 'retry' ? () => noteClaims(workspace.repository, asked.nodes.map((node) => `${id}/${node}`)) : undefined;
    return write(workspace, invocation, { ...decided, ...(also && { also }), leadsOn: verb === 'done' });
  });
}

/** Who holds it is the only one to claim or move nodes, in all work trees of the repository. */
function claimsLock({ repository }: Workspace): string {
  return repository.statePath('claim.lock');
}

/** Below which the files of the nodes' scopes stand. */
function rootsOf({ repository, settings }: Workspace, id: string, ids: readonly string[]): string[] {
  const tasks = readBytes(join(repository.workRoot, ticketFolder(settings, id), 'tasks.md'));
  const nodes = tasks ? taskNodes(parseDocument(tasks).data ?? {}).filter((node) => ids.includes(node.id)) : [];
  const roots = nodes.flatMap((node) => {
    const scope = scopeOf(node, settings.modules);
    return scope ? scopeRoots(scope) : [];
  });
  return roots.includes('') ? [''] : [...new Set(roots)];
}
