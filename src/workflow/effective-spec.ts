import type { SectionChange } from '../documents/delta.ts';
import { hash } from '../documents/digest.ts';
import { nameKey } from '../documents/operations.ts';
import { requirementsOf, sectionsOf, textOf, type Requirement, type Section } from '../documents/requirements.ts';
import { deltaOf, statusOf } from './change-record.ts';
import type { GovernedDocument } from './snapshot.ts';
import type { Ticket } from './ticket.ts';

/** A requirement as it holds now. */
export interface EffectiveRequirement extends Pick<Requirement, 'name' | 'key' | 'operation' | 'was' | 'to' | 'body' | 'text' | 'digest'> {
  /** The document that its text (or its name) is from: spec.md or a change record. */
  readonly path: string;
}

export interface EffectiveSection extends Section {
  readonly path: string;
}

/** Why an entry of a change record does not fit the spec it is folded onto. */
export interface FoldProblem {
  readonly kind: 'no-target' | 'no-was' | 'other-was' | 'exists';
  /** The change record, and the entry's line in it. */
  readonly path: string;
  readonly line: number;
  /** `requirement "Token validation"`, `section "Notes"`. */
  readonly target: string;
  readonly operation: string;
  readonly was: string | undefined;
  /** The digest of what stands there now, which a `Was:` line would have to name. */
  readonly current: string | undefined;
  /** Names that do exist. */
  readonly names: readonly string[];
  /**
   * The change record that made this entry stale: it changed or removed the same thing, or gave the
   * same name, without either knowing of the other. undefined when the entry fits no state of the fold.
   */
  readonly staleBy: string | undefined;
}

/** One change of one thing in the fold: its digest before it. */
interface Trace {
  readonly kind: 'requirement' | 'section';
  readonly name: string;
  readonly digest: string;
  readonly changedBy: string;
}

/** A spec with the accepted change records folded in. */
export interface EffectiveSpec {
  readonly requirements: readonly EffectiveRequirement[];
  readonly sections: readonly EffectiveSection[];
  readonly problems: readonly FoldProblem[];
  /** What the records replaced so far. */
  readonly traces: readonly Trace[];
  /** Where spec.md stands; '' when there is none. */
  readonly specPath: string;
}

/**
 * spec.md folded with the accepted change records in the order (number, slug). An entry that does
 * not fit is a problem and changes nothing. With `including`, that record counts as accepted.
 */
export function effectiveSpec(ticket: Pick<Ticket, 'spec' | 'changes'>, including?: GovernedDocument): EffectiveSpec {
  const counts = (record: GovernedDocument) => statusOf(record) === 'accepted' || record.path === including?.path;
  return ticket.changes.filter(counts).reduce(foldOne, specAlone(ticket.spec));
}

/** spec.md before any change record. */
function specAlone(spec: GovernedDocument | undefined): EffectiveSpec {
  const path = spec?.path ?? '';
  return {
    requirements: spec ? requirementsOf(spec.parsed).map((requirement) => new RequirementNow(requirement, path)) : [],
    sections: spec ? sectionsOf(spec.parsed).map((section) => ({ ...section, path })) : [],
    problems: [],
    traces: [],
    specPath: path,
  };
}

/** Folds one change record on top, whatever its status. */
export function foldOne(spec: EffectiveSpec, record: GovernedDocument): EffectiveSpec {
  const { requirements, sections } = deltaOf(record);
  const fold: Fold = { path: record.path, specPath: spec.specPath, requirements: [...spec.requirements], sections: [...spec.sections], problems: [...spec.problems], traces: [...spec.traces] };
  const of = (operation: string) => requirements.filter((entry) => entry.operation === operation);
  if (requirements.some(({ operation }) => operation !== 'ADDED')) {
    for (const entry of of('REMOVED')) replace(fold, 'requirement', entry, undefined);
    renameAll(fold, of('RENAMED'));
    for (const entry of of('MODIFIED')) replace(fold, 'requirement', entry, asNow(entry, fold));
  }
  addAll(fold, of('ADDED'));
  for (const entry of sections) {
    const now = { ...entry, path: fold.path };
    const taken = entry.operation === 'ADDED' ? fold.sections.find((one) => one.name === entry.name) : undefined;
    if (taken) fold.problems.push(takenProblem(fold, 'section', entry, taken));
    else if (entry.operation === 'ADDED') fold.sections.push(now);
    else replace(fold, 'section', entry, entry.operation === 'REMOVED' ? undefined : now);
  }
  return { requirements: fold.requirements, sections: fold.sections, problems: fold.problems, traces: fold.traces, specPath: fold.specPath };
}

interface Fold {
  readonly path: string;
  readonly specPath: string;
  readonly requirements: EffectiveRequirement[];
  readonly sections: EffectiveSection[];
  readonly problems: FoldProblem[];
  readonly traces: Trace[];
}

type Kind = Trace['kind'];
type Entry = Pick<Requirement | SectionChange, 'name' | 'line' | 'operation' | 'was'>;
type Standing = EffectiveRequirement | EffectiveSection;

/** What was written, as said by the document at a path; under another name its text and digest are others. */
class RequirementNow implements EffectiveRequirement {
  readonly name: string;
  readonly key: string;
  readonly operation: Requirement['operation'];
  readonly was: string | undefined;
  readonly to: string | undefined;
  readonly path: string;
  readonly #written: Pick<Requirement, 'name' | 'body' | 'digest'>;

  constructor(written: Omit<EffectiveRequirement, 'path'>, path: string, told: Pick<Requirement, 'name' | 'operation' | 'was' | 'to'> = written) {
    this.name = told.name;
    this.key = told.name === written.name ? written.key : nameKey(told.name);
    this.operation = told.operation;
    this.was = told.was;
    this.to = told.to;
    this.path = path;
    this.#written = written;
  }

  get body(): string {
    return this.#written.body;
  }

  get text(): string {
    return textOf(this.name, this.body);
  }

  get digest(): string {
    return this.name === this.#written.name ? this.#written.digest : hash(this.text);
  }
}

/** The text of a MODIFIED requirement goes on saying to the capability what the one before it said, unless it says against which living text it is written now. */
function asNow(entry: Requirement, fold: Fold): EffectiveRequirement {
  const { operation = 'ADDED', was, to } = fold.requirements.find((one) => one.name === entry.name) ?? {};
  if (entry.living === undefined) return new RequirementNow(entry, fold.path, { name: entry.name, operation, was, to });
  if (entry.living === 'none') return new RequirementNow(entry, fold.path, { name: entry.name, operation: 'ADDED', was: undefined, to: undefined });
  return new RequirementNow(entry, fold.path, { name: entry.name, operation: operation === 'ADDED' ? 'MODIFIED' : operation, was: entry.living, to });
}

function listOf(fold: Fold, kind: Kind): Standing[] {
  return kind === 'requirement' ? fold.requirements : fold.sections;
}

/** Modifies, or with no `now` removes, what the entry names. */
function replace(fold: Fold, kind: Kind, entry: Entry, now: Standing | undefined): void {
  const list = listOf(fold, kind);
  const index = list.findIndex((one) => one.name === entry.name);
  const old = list[index];
  if (!old || entry.was !== old.digest) {
    fold.problems.push(problemOf(fold, kind, entry, old));
    return;
  }
  fold.traces.push({ kind, name: entry.name, digest: old.digest, changedBy: fold.path });
  list.splice(index, 1, ...(now ? [now] : []));
}

function addAll(fold: Fold, entries: readonly Requirement[]): void {
  if (entries.length === 0) return;
  const byKey = new Map<string, Standing>();
  for (const one of fold.requirements) byKey.set(one.key, one);
  for (const entry of entries) {
    const taken = byKey.get(entry.key);
    if (taken) {
      fold.problems.push(takenProblem(fold, 'requirement', entry, taken));
      continue;
    }
    const now = new RequirementNow(entry, fold.path);
    byKey.set(now.key, now);
    fold.requirements.push(now);
  }
}

/** All at once: two requirements may exchange their names. */
function renameAll(fold: Fold, entries: readonly Requirement[]): void {
  const before = [...fold.requirements];
  const moving = new Map<EffectiveRequirement, EffectiveRequirement>();
  const leaving = new Set(entries.filter((entry) => entry.to !== undefined).map((entry) => entry.name));
  for (const entry of entries) {
    if (entry.to === undefined) continue;
    const old = before.find((one) => one.name === entry.name);
    const key = nameKey(entry.to);
    const taken = [...before.filter((one) => !leaving.has(one.name)), ...moving.values()].find((one) => one.key === key);
    if (!old || entry.was !== old.digest) fold.problems.push(problemOf(fold, 'requirement', entry, old));
    else if (taken) fold.problems.push(takenProblem(fold, 'requirement', { name: entry.to, line: entry.line, operation: entry.operation, was: entry.was }, taken));
    else {
      moving.set(old, new RequirementNow(old, fold.path, { name: entry.to, operation: old.operation, was: old.was, to: old.to }));
      fold.traces.push({ kind: 'requirement', name: entry.name, digest: old.digest, changedBy: fold.path });
    }
  }
  fold.requirements.splice(0, before.length, ...before.map((one) => moving.get(one) ?? one));
}

function takenProblem(fold: Fold, kind: Kind, entry: Entry, taken: Standing): FoldProblem {
  const staleBy = taken.path === fold.specPath || taken.path === fold.path ? undefined : taken.path;
  return { ...problemOf(fold, kind, entry, taken), kind: 'exists', staleBy };
}

function problemOf(fold: Fold, kind: Kind, entry: Entry, current: Standing | undefined): FoldProblem {
  const traces = fold.traces.filter((trace) => trace.kind === kind && trace.name === entry.name);
  const known = traces.find((trace) => trace.digest === entry.was);
  return {
    kind: !current ? 'no-target' : entry.was === undefined ? 'no-was' : 'other-was',
    path: fold.path,
    line: entry.line,
    target: `${kind} "${entry.name}"`,
    operation: entry.operation,
    was: entry.was,
    current: current?.digest,
    names: listOf(fold, kind).map((one) => one.name),
    staleBy: known?.changedBy,
  };
}
