import { join } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { pathExists } from '../git/files.ts';
import type { Finding } from '../tree/finding.ts';
import type { Tree } from '../tree/tree.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { specDigest } from '../workflow/ticket.ts';
import { judgeDraft } from './judge-edits.ts';
import type { Workspace } from './workspace.ts';

export interface Freezable {
  /** The digest of the spec as git would store it: `sha256:<hex>`. */
  readonly pin: string;
  readonly title: string | undefined;
  /** Why it cannot be frozen as it stands: errors and unfilled places. */
  readonly findings: readonly Finding[];
}

/** Judges the spec of a ticket for a freeze. Throws a UserError when there is none that git would store. */
export function freezable(workspace: Workspace, work: Tree, ticket: string, program: string): Freezable {
  const path = `${ticketFolder(workspace.settings, ticket)}/spec.md`;
  const spec = new Snapshot(work, workspace.settings).document(path);
  if (!spec) throw missing(workspace, path, ticket, program);
  const { title } = spec.data;
  return { pin: specDigest(spec.bytes), title: typeof title === 'string' ? title : undefined, findings: judgeDraft(workspace, work, path, program) };
}

function missing({ repository }: Workspace, path: string, ticket: string, program: string): UserError {
  if (pathExists(join(repository.workRoot, path))) {
    return new UserError(`Unexpected ${path} that git does not store as a file, expected a regular file that is not ignored`, `git check-ignore -v ${path} names the pattern`, 'spec-missing');
  }
  return new UserError(`Unexpected absence of ${path}, expected the spec that is to be frozen`, `${program} new spec --ticket ${ticket} --title "WHAT IT DELIVERS"`, 'spec-missing');
}
