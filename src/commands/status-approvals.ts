import { mainSighting } from '../render/status-words.ts';
import type { AttestedApproval } from '../workflow/approvals.ts';
import { approvalsIn } from '../workflow/approvals.ts';
import type { Standing } from '../workflow/standing.ts';
import { attestedApprovals } from './attested-approvals.ts';
import type { Realm } from './everywhere.ts';

/**
 * The last approval of each record, with what attests it in the history of the branch that holds the
 * record; what is not committed, or held by a detached work tree alone, is declared.
 */
export function approvalsOf({ repository, settings }: Realm, { united }: Standing): AttestedApproval[] {
  const last = new Map(approvalsIn(united.ticket).map((approval) => [approval.path, approval]));
  const tips = new Map<string, Set<string>>();
  const answers: AttestedApproval[] = [];
  for (const approval of last.values()) {
    const sightings = united.documents.get(approval.path.slice(united.ticket.folder.length + 1))?.sightings ?? [];
    const tip = mainSighting(sightings.filter(({ kind }) => kind !== 'worktree'))?.name;
    if (tip === undefined) answers.push({ ...approval, attestation: undefined });
    else tips.set(tip, (tips.get(tip) ?? new Set()).add(approval.path));
  }
  for (const [tip, paths] of tips) {
    answers.push(...attestedApprovals(repository, settings, united.ticket, tip, (approval) => paths.has(approval.path) && last.get(approval.path)?.index === approval.index));
  }
  const order = [...last.keys()];
  return answers.sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
}
