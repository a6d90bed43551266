import { appendText, fileSize } from '../git/files.ts';
import { githubReport } from '../render/github.ts';
import { planTree } from '../render/plan-tree.ts';
import { stepSummary, type RecordSummary, type TicketSummary } from '../render/step-summary.ts';
import { ticketRows } from '../render/ticket-table.ts';
import { entryAt, type Approval } from '../workflow/approvals.ts';
import { historyOf, statusOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { newStore, settingsIn, Snapshot, type GovernedDocument } from '../workflow/snapshot.ts';
import { specDifference } from '../workflow/spec-difference.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { ticketAnywhere, type Ticket } from '../workflow/ticket.ts';
import { attestedApprovals } from './attested-approvals.ts';
import type { Judged } from './report-format.ts';

/** What GitHub keeps of a step's summary, in bytes; beyond it all is lost. */
const MOST_BYTES = 1_000_000;
const MOST_TICKETS = 50;

/** Annotations on standard output, and the summary where GitHub says that it wants it. */
export function reportToGithub(judged: Judged): string {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (path) appendText(path, stepSummary(summaryOf(judged), MOST_BYTES - fileSize(path)));
  return githubReport(judged);
}

function summaryOf(judged: Judged): Parameters<typeof stepSummary>[0] {
  const rows = ticketRows(judged.perTicket, judged.findings, judged.documents);
  const settings = settingsIn(judged.after);
  if (!settings) return { result: judged, rows, tickets: [] };
  const store = newStore();
  const after = new Snapshot(judged.after, settings, store);
  const before = judged.before().map((tree) => new Snapshot(tree, settingsIn(tree) ?? settings, store));
  const changed = new Set(judged.perTicket.filter(({ isChanged }) => isChanged || before.length === 0).map(({ id }) => id));
  const tickets = [...changed].slice(0, MOST_TICKETS).flatMap((id) => {
    const ticket = ticketAnywhere(after, id);
    const earlier = before.flatMap((snapshot) => ticketAnywhere(snapshot, id) ?? [])[0];
    return ticket ? [ticketSummary(ticket, earlier, judged)] : [];
  });
  return { result: judged, rows, tickets };
}

function ticketSummary(ticket: Ticket, earlier: Ticket | undefined, { repository, commit = 'HEAD' }: Judged): TicketSummary {
  const known = { node: recordsByName(earlier?.nodes), change: recordsByName(earlier?.changes) };
  const isNew = ({ kind, name, index }: Approval) => entryAt(known[kind].get(name)?.bytes, index) === undefined;
  const approvals = attestedApprovals(repository, ticket.snapshot.settings, ticket, commit, isNew);
  const attestedBy = new Map(approvals.map((approval) => [`${approval.path} ${approval.index}`, approval.attestation?.principal]));
  const statuses = new Map(ticket.nodes.map(({ place, data }) => [place.name, data.status]));
  return {
    id: ticket.id,
    title: titleOf(ticket),
    plan: planTree(taskNodes(ticket.tasks?.data ?? {}), (id) => textIn(statuses.get(id)) || undefined),
    requirements: specDifference(earlier ? effectiveSpec(earlier) : { requirements: [] }, effectiveSpec(ticket)),
    records: ticket.changes.filter((record) => !earlier?.changes.some((one) => one.place.name === record.place.name && one.bytes.equals(record.bytes))).map((record) => recordSummary(record, attestedBy)),
    verdicts: approvals.filter(({ kind }) => kind === 'node').map(({ name, to, by, attestation, awaitsReview }) => ({ node: name, to, by, awaitsReview, ...(attestation && { attested: attestation.principal }) })),
  };
}

function recordsByName(records: readonly GovernedDocument[] = []): ReadonlyMap<string, GovernedDocument> {
  return new Map(records.map((record) => [record.place.name ?? '', record]));
}

/** The goal's title, else the spec's. */
function titleOf({ spec, tasks }: Ticket): string {
  const goal = tasks?.data.goal;
  const title = typeof goal === 'object' && goal !== null ? (goal as Record<string, unknown>).title : undefined;
  return textIn(title) || textIn(spec?.data.title);
}

function recordSummary(record: GovernedDocument, attestedBy: ReadonlyMap<string, string | undefined>): RecordSummary {
  return {
    name: record.place.name ?? record.path,
    title: textIn(record.data.title),
    impact: textIn(record.data.impact),
    status: statusOf(record) ?? '',
    history: historyOf(record).map(({ to, by }, index) => {
      const attested = attestedBy.get(`${record.path} ${index}`);
      return { to: textIn(to), by, ...(attested !== undefined && { attested }) };
    }),
  };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
