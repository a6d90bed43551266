import type { AttestedApproval } from '../workflow/approvals.ts';
import { column, fit, oneLine, WIDTH, widthOf } from './columns.ts';
import type { Paint } from './paint.ts';

/** Who found what good, and how that is known; none where nobody has yet. */
export function approvalLines(approvals: readonly AttestedApproval[], paint: Paint): string[] {
  if (approvals.length === 0) return [];
  const width = Math.min(24, Math.max(...approvals.map(({ name }) => widthOf(oneLine(name)))));
  return [paint('dim', 'verdicts and approvals'), ...approvals.map((one) => `  ${column(one.name, width)}  ${fit(`${one.to === 'complete' ? '' : `${one.to}, `}${howText(one)}`, WIDTH - width - 4)}`)];
}

/** `review-1, declared`; `dana, attested by the key of dana@example.com (1a2b3c4d)`. */
export function howText({ by, awaitsReview, attestation }: Pick<AttestedApproval, 'by' | 'awaitsReview' | 'attestation'>): string {
  if (awaitsReview) return 'open until the forge’s review';
  const who = by === '' ? 'nobody' : by;
  return attestation ? `${who}, attested by the key of ${attestation.principal} (${attestation.commit.slice(0, 8)})` : `${who}, declared`;
}
