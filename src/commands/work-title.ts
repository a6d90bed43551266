import { UserError } from '../error.ts';
import type { Workspace } from './workspace.ts';

/** The configuration is wrong: somebody has to mend it. Whatever else stands in the way, work goes on without a title. */
const MISCONFIGURED = new Set(['provider-unknown', 'provider-category', 'provider-incomplete', 'provider-broken']);

/**
 * What the tracker calls a ticket; undefined where it does not know it, cannot be asked, or none is in
 * use. The local one is asked only where this clone has seen tickets of it: nobody waits for a remote
 * that has none.
 */
export async function trackerTitle(workspace: Workspace, ticket: string): Promise<string | undefined> {
  const { repository, settings } = workspace;
  const isLocal = (settings.providers.get('ticket-management') ?? 'local') === 'local';
  if (isLocal && repository.git(['for-each-ref', '--count=1', '--format=x', 'refs/treework/tickets', 'refs/treework/remotes/*/tickets']).length === 0) return undefined;
  try {
    const { providerOf } = await import('./provider.ts');
    const known = await (await providerOf(workspace, 'ticket-management')).getTicket({ id: ticket });
    return known?.title || undefined;
  } catch (error) {
    if (error instanceof UserError && !MISCONFIGURED.has(error.code)) return undefined;
    throw error;
  }
}
