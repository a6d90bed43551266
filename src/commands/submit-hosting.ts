import type { Remote } from '../git/remote.ts';
import { forgeOf } from '../render/forge-lines.ts';
import { providerOf } from './provider.ts';
import type { Hosting } from './submit-run.ts';
import type { Workspace } from './workspace.ts';

/**
 * Whether pull requests are nobody's business here: the remote is a forge, or anything behind HTTP, and
 * WORKSPACE.md names no provider for it.
 */
export function lacksHosting({ settings }: Pick<Workspace, 'settings'>, remote: Remote | undefined): boolean {
  return !settings.providers.has('git-hosting') && remote !== undefined && (forgeOf(remote.url) !== undefined || /^https?:/i.test(remote.url));
}

/** The port to the pull requests; undefined where there is none, see `lacksHosting`: records of our own would be pushed there for nobody to see. */
export async function hostingFor(workspace: Workspace, remote: Remote | undefined, program: string): Promise<Hosting | undefined> {
  if (lacksHosting(workspace, remote)) return undefined;
  return providerOf(workspace, 'git-hosting', { program });
}
