import type { Remote } from '../git/remote.ts';
import { forgeOf } from '../render/forge-lines.ts';
import { providerOf } from './provider.ts';
import type { Hosting } from './submit-run.ts';
import type { Workspace } from './workspace.ts';

/**
 * The port to the pull requests. undefined where the remote is a forge, or anything behind HTTP, and
 * WORKSPACE.md names no provider for it: records of our own would be pushed there for nobody to see.
 */
export async function hostingFor(workspace: Workspace, remote: Remote | undefined, program: string): Promise<Hosting | undefined> {
  const isConfigured = workspace.settings.providers.has('git-hosting');
  if (!isConfigured && remote && (forgeOf(remote.url) || /^https?:/i.test(remote.url))) return undefined;
  return providerOf(workspace, 'git-hosting', { program });
}
