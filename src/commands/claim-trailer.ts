import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, placeOf, ticketFolder } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { claimsHere, keepClaims } from '../git/claims-here.ts';
import { pathExists, readBytes, writeFileAtomic } from '../git/files.ts';
import type { HookFacts } from '../git/hook-facts.ts';
import type { MessageFile } from '../git/message-file.ts';
import { operationIn } from '../git/whereabouts.ts';
import { isInScope, scopeOf } from '../workflow/scope.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { cleanMessage, namesNode, withNodeTrailer } from '../workflow/trailers.ts';

/**
 * The message of the next commit, with a `Node:` trailer for the one node that was begun in this work
 * tree and is in progress, where the commit changes anything in its scope. A message with a line
 * `Node:` of its own stays as it is, whatever that says; so does one of a merge, a rebase or a pick.
 */
export function withClaim(facts: HookFacts, message: MessageFile): MessageFile {
  const { repository, after } = facts;
  const known = claimsHere(repository);
  if (known.length === 0 || operationIn(repository.gitDir) !== undefined) return message;
  const said = cleanMessage(message.text, message.form);
  const settings = settingsIn(after);
  if (said === '' || namesNode(said) || !settings) return message;
  const states = known.map((name) => ({ name, state: stateOf(repository.workRoot, settings, name) }));
  const kept = states.filter(({ state }) => state !== 'over').map(({ name }) => name);
  if (kept.length < known.length) keepClaims(repository, kept);
  const [claim, other] = states.filter(({ state }) => state === 'in_progress');
  if (!claim || other || !concerns(facts, settings, claim.name)) return message;
  const text = withNodeTrailer(message.text, message.form, claim.name);
  writeFileAtomic(message.path, text);
  return { ...message, text };
}

/** What the record in the work tree says; another branch may have none. */
function stateOf(root: string, settings: Settings, name: string): 'in_progress' | 'over' | 'elsewhere' {
  const [ticket = '', node = ''] = name.split('/');
  const record = readBytes(join(root, ticketFolder(settings, ticket), 'nodes', `${node}.md`));
  if (record) return parseDocument(record).data?.status === 'in_progress' ? 'in_progress' : 'over';
  return pathExists(join(root, archivedFolder(settings, ticket))) ? 'over' : 'elsewhere';
}

function concerns({ before, after }: HookFacts, settings: Settings, name: string): boolean {
  const [ticket = '', id = ''] = name.split('/');
  const tasks = after.read(`${ticketFolder(settings, ticket)}/tasks.md`);
  const node = taskNodes((tasks && parseDocument(tasks).data) ?? {}).find((one) => one.id === id);
  if (!node) return false;
  const scope = scopeOf(node, settings.modules);
  const changed = after.changedFrom(before, ['']);
  return changed.some(({ path }) => (scope ? isInScope(path, scope) : placeOf(settings, path) === undefined));
}
