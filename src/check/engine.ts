import type { DocumentKind } from '../documents/place.ts';
import type { Finding } from '../tree/finding.ts';
import type { Change } from '../tree/tree.ts';
import type { BaselineEntry } from '../workflow/baseline.ts';
import type { Elsewhere, Report, Rule } from '../workflow/rule.ts';
import { newStore, type GovernedDocument, type Snapshot } from '../workflow/snapshot.ts';
import { pinOf, ticketAnywhere, ticketIn, type Ticket } from '../workflow/ticket.ts';
import { activeRule, ofDocuments, type ActiveRule, type OfDocuments } from './active-rules.ts';
import { chunksOf, prefetch } from './chunks.ts';
import { checkCommit } from './commit.ts';
import { declared } from './declared-ticket.ts';
import { compareFindings, distinct, toFinding, waiversIn } from './findings.ts';
import { checkRef } from './ref.ts';
import { sift } from './sift.ts';
export type { Scope } from './units.ts';
import { unitsOf, type Scope, type TicketUnit, type Units } from './units.ts';

export interface CheckResult {
  /** False when no WORKSPACE.md governs what was judged: then nothing was checked. */
  readonly governed: boolean;
  readonly findings: readonly Finding[];
  /** Findings that a comment in the document waives, with its reason. */
  readonly waived: readonly { readonly finding: Finding; readonly reason: string }[];
  /** How many documents and tickets were judged. */
  readonly documents: number;
  readonly tickets: number;
  readonly perTicket: readonly JudgedTicket[];
  /** Ids of rules that were not asked, since the branch's name is not known. */
  readonly unjudged: readonly string[];
  /** Findings that the baseline knows: they do not count. */
  readonly known: readonly Finding[];
  /** Entries of the baseline that an audit of everything no longer finds. */
  readonly removable: readonly BaselineEntry[];
  /** How many findings `counting` left out. */
  readonly leftOut: number;
}

/** A ticket's folder that was judged. */
export interface JudgedTicket {
  readonly id: string;
  readonly folder: string;
  /** How many of its documents were. */
  readonly documents: number;
  /** Whether the step touches it. */
  readonly isChanged: boolean;
}

export interface CheckOptions {
  readonly rules: readonly Rule[];
  readonly scope: Scope;
  /** How treework is called here, for remedies. */
  readonly program: string;
  /** What git calls the commit that the step began from; HEAD when absent. */
  readonly origin?: string;
  /** The beginning of this day in UTC: an audit is asked for what has been left alone. */
  readonly today?: Date;
  /** The documents whose findings are asked for; where in any other one is, is not worked out. All of them, when absent. */
  readonly about?: ReadonlySet<string>;
  /** Those of the given findings that count. It is given what unprotected rules say of the state alone. */
  readonly counting?: (findings: readonly Finding[]) => readonly Finding[];
}

/** What is put off is judged in batches of so many documents. */
const BATCH = 250;

/** Judges a change by the given rules. Pure: the same trees, message, ref and time give the same result. */
export function check(change: Change, options: CheckOptions): CheckResult {
  const units = unitsOf(change, options.scope, newStore(options.about));
  if (!units) return { governed: false, findings: [], waived: [], documents: 0, tickets: 0, perTicket: [], known: [], removable: [], leftOut: 0, unjudged: [] };
  const judge = new Judge(units, options);
  const chunks = chunksOf(units);
  const done = units.isAudit ? units.after.tree.announce(chunks.flatMap((chunk) => chunk.paths)) : () => {};
  try {
    for (const chunk of chunks) {
      prefetch(units, chunk, options.scope);
      for (const path of chunk.paths) judge.document(path);
      for (const ticket of chunk.tickets) judge.ticket(ticket);
      if (units.isAudit) units.after.forget();
    }
  } finally {
    done();
  }
  judge.elsewhere();
  judge.repository();
  return judge.result(change);
}

class Judge {
  readonly #units: Units;
  readonly #options: CheckOptions;
  readonly #findings: Finding[] = [];
  /** Those that step rules made. */
  readonly #ofStep = new Set<Finding>();
  readonly #waived: { finding: Finding; reason: string }[] = [];
  /** The rules that are on, each with its settings. */
  readonly #state: readonly ActiveRule[];
  readonly #step: readonly ActiveRule[];
  readonly #elsewhere: { readonly active: ActiveRule; readonly elsewhere: Elsewhere; readonly isLowered: boolean }[] = [];
  /** Those of the state that look at documents of a kind, and those that look at tickets. */
  readonly #byKind = new Map<string, readonly OfDocuments[]>();
  readonly #ofTickets: readonly ActiveRule[];
  readonly #perFolder = new Map<string, number>();
  readonly #summaries = new Map<Rule, unknown[]>();
  #documents = 0;
  #tickets = 0;

  constructor(units: Units, options: CheckOptions) {
    this.#units = units;
    this.#options = options;
    this.#state = this.#rulesOf('state');
    this.#step = this.#rulesOf('step');
    this.#ofTickets = this.#state.filter(({ rule }) => rule.ticket);
  }

  document(path: string): void {
    const document = this.#units.after.document(path);
    if (!document) return;
    this.#documents += 1;
    const { folder } = document.place;
    if (folder !== undefined) this.#perFolder.set(folder, (this.#perFolder.get(folder) ?? 0) + 1);
    const settled = isSettled(document, this.#units);
    for (const { active, judge, putOff, isOfContent } of this.#rulesFor(document.place.kind)) {
      const isLowered = settled && isOfContent;
      if (judge) this.#add('state', active, judge(document, active.context, this.#units), document, isLowered);
      const elsewhere = putOff?.(document, active.context, this.#units);
      if (elsewhere) this.#elsewhere.push({ active, elsewhere, isLowered });
    }
  }

  /** What was put off until everything else was read. */
  elsewhere(): void {
    const { after, isAudit } = this.#units;
    for (let from = 0; from < this.#elsewhere.length; from += BATCH) {
      const batch = this.#elsewhere.slice(from, from + BATCH);
      after.tree.prefetch([...new Set(batch.flatMap(({ elsewhere }) => elsewhere.paths))]);
      for (const { active, elsewhere, isLowered } of batch) this.#add('state', active, elsewhere.judge(), undefined, isLowered);
      if (isAudit) after.forget();
    }
  }

  #rulesFor(kind: DocumentKind): readonly OfDocuments[] {
    let rules = this.#byKind.get(kind);
    if (!rules) this.#byKind.set(kind, (rules = ofDocuments(this.#state, kind, this.#units.after.settings)));
    return rules;
  }

  ticket(unit: TicketUnit): void {
    const units = this.#units;
    const { after, before } = units;
    this.#tickets += 1;
    const ticket = ticketIn(after, unit.folder, unit.id, unit.archived);
    for (const active of this.#ofTickets) {
      const { rule, context } = active;
      if (rule.ticket && !this.#isSettled(rule, unit)) this.#add('state', active, rule.ticket(unit.isChanged ? declared(ticket, rule, this.#twinOf(rule, unit)) : ticket, context));
    }
    if (this.#options.scope === 'all' && !unit.archived) this.#summarize(ticket);
    const parents = unit.isChanged ? before.flatMap((snapshot) => ticketAnywhere(snapshot, unit.id) ?? []) : [];
    if (parents.length === 0) return;
    const step = {
      before: parents,
      after: ticketAnywhere(after, unit.id) ?? ticket,
      isRange: units.isRange,
      get through() {
        return units.through().flatMap((snapshot) => ticketAnywhere(snapshot, unit.id) ?? []);
      },
    };
    for (const active of this.#step) if (active.rule.ticketStep) this.#add('step', active, active.rule.ticketStep(step, active.context));
  }

  #summarize(ticket: Ticket): void {
    for (const { rule, context } of this.#state) {
      const summary = rule.summary?.(ticket, context);
      if (summary === undefined) continue;
      const known = this.#summaries.get(rule);
      if (known) known.push(summary);
      else this.#summaries.set(rule, [summary]);
    }
  }

  /** A parent that has all that the rule reads of this ticket as it is now, but for node records. */
  #twinOf({ reads }: Rule, { folder }: TicketUnit): Snapshot | undefined {
    const { after, before, isAudit } = this.#units;
    if (!reads?.includes('nodes') || isAudit) return undefined;
    const same = (parent: Snapshot, part: string) => parent.tree.entry(`${folder}/${part}`)?.oid === after.tree.entry(`${folder}/${part}`)?.oid;
    return before.find((parent) => reads.every((part) => part === 'nodes' || same(parent, part)));
  }

  /** Whether one parent has all that the rule reads of this ticket as it is now. */
  #isSettled({ reads }: Rule, { folder, isChanged }: TicketUnit): boolean {
    const { after, before, isAudit } = this.#units;
    if (!reads || isAudit || !isChanged) return false;
    const same = (parent: Snapshot, part: string) => parent.tree.entry(`${folder}/${part}`)?.oid === after.tree.entry(`${folder}/${part}`)?.oid;
    return before.some((parent) => reads.every((part) => same(parent, part)));
  }

  repository(): void {
    const { after, before, changed, isAudit } = this.#units;
    const isWhole = this.#options.scope === 'all' || (before.length === 0 && !isAudit);
    const paths = isWhole ? 'all' : isAudit ? this.#units.paths : changed.map((one) => one.path);
    for (const active of this.#state) if (active.rule.repository) this.#add('state', active, active.rule.repository(after, active.context, paths));
    for (const active of this.#state) if (active.rule.across && this.#summaries.has(active.rule)) this.#add('state', active, active.rule.across(this.#summaries.get(active.rule) ?? [], active.context));
    if (before.length === 0) return;
    for (const active of this.#step) if (active.rule.step) this.#add('step', active, active.rule.step({ before, after, changed }, active.context));
  }

  /** With what is said of the commit's message and of the branch. */
  result(change: Change): CheckResult {
    const { message } = change;
    const { after, tickets } = this.#units;
    const perTicket = tickets.map(({ id, folder, isChanged }) => ({ id, folder, documents: this.#perFolder.get(folder) ?? 0, isChanged }));
    const commit = message === undefined ? undefined : checkCommit({ ...change, message }, this.#options);
    const ref = checkRef(change, this.#units, this.#options);
    const ofStep = new Set([...this.#ofStep, ...(commit?.findings ?? []), ...ref.findings]);
    const isProtected = new Set(this.#options.rules.filter((rule) => rule.isProtected).map(({ id }) => id));
    const sifted = sift(distinct([...this.#findings, ...(commit?.findings ?? []), ...ref.findings]).sort(compareFindings), {
      after: after.tree,
      policy: change.policy ?? change.before[0] ?? after.tree,
      isWhole: this.#options.scope === 'all',
      partOf: (finding) => (isProtected.has(finding.rule) ? 'protected' : ofStep.has(finding) ? 'step' : 'state'),
      ...(this.#options.counting && { counting: this.#options.counting }),
    });
    const waived = [...this.#waived, ...(commit?.waived ?? []), ...ref.waived];
    return { governed: true, ...sifted, waived, documents: this.#documents, tickets: this.#tickets, perTicket, unjudged: ref.unjudged };
  }

  /** A commit cannot disarm its own judge: see `Units.policy`. */
  #rulesOf(part: 'state' | 'step'): ActiveRule[] {
    const { policy, after } = this.#units;
    const settings = part === 'step' ? policy : after.settings;
    return this.#options.rules.flatMap((rule) => activeRule(rule, rule.isProtected ? policy : settings, this.#options) ?? []);
  }

  #add(part: 'state' | 'step', { rule, severity }: ActiveRule, reports: Iterable<Report>, document?: GovernedDocument, lowered = false): void {
    for (const report of reports) {
      const finding = lowered ? toFinding(rule.id, 'warning', unmended(report)) : toFinding(rule.id, severity, report);
      const source = document?.path === report.path ? document : this.#units.after.document(report.path);
      const waiver = !rule.isProtected && source ? waiversIn(source).get(rule.id) : undefined;
      if (part === 'step') this.#ofStep.add(finding);
      if (waiver) this.#waived.push({ finding, reason: waiver });
      else this.#findings.push(finding);
    }
  }
}

/** A fix would be a change of what is not to change. */
function unmended({ fix: _, edits: _edits, ...report }: Report): Report {
  return report;
}

/** A frozen or archived text cannot be mended by editing it: its content is only warned about. */
function isSettled(document: GovernedDocument, units: Units): boolean {
  if (document.place.archived) return true;
  if (document.place.kind !== 'spec') return false;
  return pinOf(units.after.document(`${document.place.folder}/tasks.md`)) !== undefined;
}
