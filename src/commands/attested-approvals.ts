import { archivedFolder, ticketFolder } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { attested } from '../git/attest.ts';
import type { Repository } from '../git/repository.ts';
import { approvalsIn, entryAt, type Approval, type AttestedApproval } from '../workflow/approvals.ts';
import type { Ticket } from '../workflow/ticket.ts';

/**
 * A ticket's approvals, each with what attests it in the history of `tip`; those that `counts` lets
 * through. What is not committed there is declared. Costs git a walk through the history of the
 * records' paths, and nothing where there are none.
 */
export function attestedApprovals(repository: Repository, settings: Settings, ticket: Ticket, tip = 'HEAD', counts: (approval: Approval) => boolean = () => true): AttestedApproval[] {
  const approvals = approvalsIn(ticket).filter(counts);
  const inside = (path: string) => path.slice(ticket.folder.length);
  const folders = [ticketFolder(settings, ticket.id), archivedFolder(settings, ticket.id)];
  const found = attested(repository, tip, approvals.map(({ path, index }) => ({ paths: folders.map((folder) => folder + inside(path)), of: (content) => entryAt(content, index) })));
  return approvals.map((approval, index) => ({ ...approval, attestation: found[index] }));
}
