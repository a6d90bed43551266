import type { JudgedTicket } from '../check/engine.ts';
import { UserError } from '../error.ts';
import type { Repository } from '../git/repository.ts';
import { verdictLine } from '../render/text-report.ts';
import { ticketRows, ticketTableText } from '../render/ticket-table.ts';
import type { Finding } from '../tree/finding.ts';
import type { Oid, Tree } from '../tree/tree.ts';
import type { Invocation, Outcome } from './command.ts';

/** What a check found, with what reports read beside it. */
export interface Judged {
  readonly repository: Repository;
  readonly findings: readonly Finding[];
  readonly waived: readonly { readonly finding: Finding; readonly reason: string }[];
  readonly documents: number;
  readonly tickets: number;
  readonly perTicket: readonly JudgedTicket[];
  readonly known: readonly Finding[];
  readonly leftOut?: number;
  /** What the whole check compares with. */
  before(): readonly Tree[];
  readonly after: Tree;
  /** The commit that was judged; undefined for the work tree and the index. */
  readonly commit?: Oid;
  /** Full name of the branch, where it is known. */
  readonly ref?: string;
  /** The file of a finding as it stands where that was made. */
  textOf(finding: Finding): string | undefined;
}

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** Throws a UserError for a format there is not, and for one beside `--json`. */
export function formatOf({ values, program }: Pick<Invocation, 'values' | 'program'>): Format {
  const { format = values.json ? 'json' : 'text', json } = values;
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) throw new UserError(`Unexpected format ${String(format)}, expected one of ${FORMATS.join(', ')}`, `${program} check --format sarif`, 'unknown-format');
  if (values.summary && known !== 'text' && known !== 'json') throw new UserError(`Unexpected --summary with --format ${known}, expected text or json`, `${program} check --all --summary`, 'usage');
  if (json && known !== 'json') throw new UserError(`Unexpected --json with --format ${known}, expected one of them`, `${program} check --format ${known}`, 'usage');
  return known;
}

/** The answer as another program wants it. Call it while the judged trees can still be read. */
export async function inFormat(answer: Outcome, judged: Judged, invocation: Pick<Invocation, 'values' | 'program'>): Promise<Outcome> {
  const format = formatOf(invocation);
  if (format === 'sarif') return { ...answer, text: (await import('./report-sarif.ts')).sarifText(judged) };
  if (format === 'github') return { ...answer, text: (await import('./report-github.ts')).reportToGithub(judged) };
  if (!invocation.values.summary) return answer;
  const rows = ticketRows(judged.perTicket, judged.findings, judged.documents);
  return { ...answer, json: { ...answer.json, summary: rows }, text: `${ticketTableText(rows)}\n\n${verdictLine(judged)}` };
}
