import { shortDigest } from '../documents/digest.ts';
import { nearest } from '../documents/nearest.ts';
import { deltaOf, isScaffold, statusOf } from '../workflow/change-record.ts';
import { effectiveSpec, foldOne, type EffectiveSpec, type FoldProblem } from '../workflow/effective-spec.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf, specDigest, type Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'change-record-target',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  reads: ['spec.md', 'tasks.md', 'changes'],
  *ticket(ticket, context) {
    const isFreezeJudged = context.settings.rules.get('spec-frozen')?.severity !== 'off';
    for (const report of misfits(ticket, context)) {
      if (isFreezeJudged && isEdited(ticket)) return;
      yield report;
    }
  },
};

function* misfits(ticket: Ticket, context: RuleContext): Iterable<Report> {
  if (ticket.changes.length === 0) return;
  const { problem } = ticket.spec?.outline() ?? {};
  if (ticket.spec && problem) yield { path: ticket.spec.path, ...problem };
  const accepted = effectiveSpec(ticket);
  for (const one of accepted.problems) {
    const record = ticket.changes.find(({ path }) => path === one.path) as GovernedDocument;
    if (!isReported(record, one)) yield { ...report(ticket, record, one, context), ...(ticket.archived && { severity: 'warning' as const }) };
  }
  for (const record of ticket.changes) {
    if (statusOf(record) === 'proposed') yield* proposed(ticket, record, accepted, context);
  }
}

/** The records were written against the pinned text: while spec-frozen refuses another one, how they fit that says nothing. */
function isEdited({ spec, tasks }: Ticket): boolean {
  const pin = pinOf(tasks);
  return pin !== undefined && spec !== undefined && specDigest(spec.bytes) !== pin;
}

/** What would be wrong if this record were accepted. */
function* proposed(ticket: Ticket, record: GovernedDocument, accepted: EffectiveSpec, context: RuleContext): Iterable<Report> {
  const known = new Set(accepted.problems.map(identity));
  const broken = new Set<string>();
  const isLowered = ticket.archived || isScaffold(record);
  for (const one of withRecord(ticket, record, accepted).problems) {
    if (known.has(identity(one))) continue;
    if (one.path !== record.path) broken.add(one.path);
    else if (!isReported(record, one)) yield { ...report(ticket, record, one, context), ...((one.staleBy !== undefined || isLowered) && { severity: 'warning' as const }) };
  }
  for (const path of broken) {
    yield {
      path: record.path,
      message: `Unexpected number of a record that changes what ${nameOf(path)} was written against, expected one after ${nameOf(path)}, which is accepted`,
      remedy: `propose it anew as a later record, written against the text as it is now: ${context.program} new change --ticket ${ticket.id} --impact ${String(record.data.impact)} --title "WHAT CHANGES"`,
      severity: 'warning',
    };
  }
}

function withRecord(ticket: Ticket, record: GovernedDocument, accepted: EffectiveSpec): EffectiveSpec {
  const later = ticket.changes.slice(ticket.changes.findIndex(({ path }) => path === record.path) + 1);
  return later.some((other) => statusOf(other) === 'accepted') ? effectiveSpec(ticket, record) : foldOne(accepted, record);
}

function identity({ path, line, kind, target }: FoldProblem): string {
  return JSON.stringify([path, line, kind, target]);
}

/** change-record-impact speaks of what cannot be read at all, such as a Was line of another form. */
function isReported(record: GovernedDocument, { line, kind }: FoldProblem): boolean {
  const { requirements, sections, problems } = deltaOf(record);
  const next = Math.min(...[...requirements, ...sections].map((entry) => entry.line).filter((other) => other > line));
  return kind === 'no-was' && problems.some((problem) => problem.line > line && problem.line < next);
}

function report(ticket: Ticket, record: GovernedDocument, problem: FoldProblem, context: RuleContext): Report {
  const { path, line } = problem;
  const mend = statusOf(record) === 'accepted' ? `${context.program} change revert ${nameOf(path)} --ticket ${ticket.id}, then propose the change anew: ` : '';
  const { message, remedy } = explain(ticket, problem);
  return { path, line, message, remedy: mend + remedy };
}

function explain(ticket: Ticket, problem: FoldProblem): { message: string; remedy: string } {
  const { kind, operation, target, was, current, staleBy } = problem;
  const since = staleBy === undefined ? '' : `: ${nameOf(staleBy)} `;
  if (kind === 'exists') {
    return {
      message: `Unexpected ${operation === 'RENAMED' ? 'new name of' : operation} ${target}, expected a name that is free${since ? `${since}gave it too` : ''}`,
      remedy: operation === 'RENAMED' ? 'choose another name' : `choose another name, or make it a MODIFIED entry with Was: ${current}`,
    };
  }
  if (kind === 'no-target') {
    const near = nearest(/"(.*)"/s.exec(target)?.[1] ?? '', problem.names);
    return {
      message: `Unexpected ${operation} ${target}, expected one that the spec has${since ? `${since}removed or renamed it` : near ? `, such as "${near}"` : ''}`,
      remedy: since ? 'delete the entry, or add what it says under ADDED' : near ? `write "${near}"` : 'name what spec.md and its accepted records have, or make it an ADDED entry',
    };
  }
  const renew = `read the text as it stands now, see that the entry still says what is meant, and write directly below its heading: Was: ${current}`;
  if (kind === 'no-was') return { message: `Unexpected ${operation} ${target} without a Was line, expected the digest of the text it is written against`, remedy: renew };
  const undone = undoneBy(ticket, problem);
  const why = since ? `${since}changed it too, and neither record knows of the other` : undone ? `: it is of the text of ${nameOf(undone.path)}, which is ${undone.status}` : '';
  return { message: `Unexpected Was ${shortDigest(was ?? '')} of ${target}, expected ${shortDigest(current ?? '')}, the text that ${nameOf(problem.path)} would change${why}`, remedy: renew };
}

/** The record that does not count (any more) and that wrote the text this entry was written against. */
function undoneBy(ticket: Ticket, { path: own, was }: FoldProblem): { path: string; status: string } | undefined {
  for (const record of ticket.changes) {
    const status = statusOf(record);
    if (record.path === own || status === 'accepted' || status === undefined) continue;
    const { requirements, sections } = deltaOf(record);
    if ([...requirements, ...sections].some((entry) => entry.digest === was)) return { path: record.path, status };
  }
  return undefined;
}

function nameOf(recordPath: string): string {
  return recordPath.slice(recordPath.lastIndexOf('/') + 1, -'.md'.length);
}
