import { UserError } from '../error.ts';
import { refsOf } from '../git/ref-files.ts';
import type { Workspace } from './workspace.ts';

/** What a tracker calls a ticket, or why it did not say. */
interface TrackerTitle {
  readonly title?: string;
  readonly note?: string;
}

/** The configuration is wrong: somebody has to mend it. Whatever else stands in the way, work goes on without a title. */
const MISCONFIGURED = new Set(['provider-unknown', 'provider-category', 'provider-incomplete', 'provider-broken']);

/**
 * Asks the tracker that is in use what it calls a ticket. The local one is asked only where this clone
 * has seen tickets of it: nobody waits for a remote that has none. One that cannot be asked keeps nobody
 * from working: that is a note. Throws a UserError where there is no such provider.
 */
export async function trackerTitle(workspace: Workspace, ticket: string, program: string): Promise<TrackerTitle> {
  const { repository, settings } = workspace;
  const isLocal = (settings.providers.get('ticket-management') ?? 'local') === 'local';
  if (isLocal && !refsOf(repository).some(({ name }) => /^refs\/treework\/(?:remotes\/[^/]+\/)?tickets(?:\/|$)/.test(name))) return {};
  try {
    const { providerOf } = await import('./provider.ts');
    const tracker = await providerOf(workspace, 'ticket-management', { program });
    const title = (await tracker.getTicket({ id: ticket }))?.title.trim();
    return title ? { title } : isLocal ? {} : { note: `the tracker knows no ${ticket}` };
  } catch (error) {
    if (!(error instanceof UserError) || MISCONFIGURED.has(error.code)) throw error;
    return { note: `the tracker was not asked for a title: ${error.message}` };
  }
}
