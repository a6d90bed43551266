import type { DocumentKind } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import type { Edit } from '../tree/edit.ts';
import type { Fix, Severity } from '../tree/finding.ts';
import type { ChangedPath, NewCommit, Oid } from '../tree/tree.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';
import type { Ticket } from './ticket.ts';

/** What a rule has to say; the engine adds the rule's id and severity. */
export interface Report {
  readonly path: string;
  /** 1-based; the file as a whole when absent. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly remedy: string;
  /** Only ever lowers what the configuration says. */
  readonly severity?: 'warning';
  readonly fix?: Fix;
  readonly edits?: readonly Edit[];
}

export interface RuleContext {
  readonly settings: Settings;
  /** This rule's options in WORKSPACE.md. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How treework is called here: `treework`, `npx treework`. */
  readonly program: string;
  /** What git calls the commit that the judged step began from, for remedies that restore. */
  readonly origin: string;
  /** The beginning of this day in UTC, in an audit of the work tree: its verdict is of its trees and of the day. undefined elsewhere. */
  readonly today?: Date;
}

/** What a rule is, without its code. */
export type RuleFacts = Pick<Rule, 'id' | 'group' | 'severity'> & { readonly isProtected: boolean; readonly offIn: readonly Settings['flow'][] };

/** A part of a ticket's folder. */
export type TicketPart = 'README.md' | 'spec.md' | 'tasks.md' | 'changes' | 'nodes' | 'forks';

/** A ticket's folder before (per parent) and after one step. */
export interface TicketStep {
  readonly before: readonly Ticket[];
  readonly after: Ticket;
  /** Whether `before` are merge bases, all in the history of `after`, and not a commit's parents. */
  readonly isRange: boolean;
  /** The ticket at each moment in between, where the step stands for several commits. Read by need: it costs. */
  readonly through: readonly Ticket[];
}

export interface RepositoryStep {
  readonly before: readonly Snapshot[];
  readonly after: Snapshot;
  readonly changed: readonly ChangedPath[];
}

/** What can be said of a document when others have been read: put off to the end, so that many are read at once. */
export interface Elsewhere {
  /** Files and directories that `judge` will ask for. */
  readonly paths: readonly string[];
  /** Keeps no document in memory until it is called. */
  judge(): Iterable<Report>;
}

/** One commit with its message: at `commit-msg`, and each new commit of a push or a range. Merges are none. */
export interface CommitStep extends RepositoryStep {
  /** As git stores it, or would: comment lines are stripped. */
  readonly message: string;
  /** Undefined while the commit is being made. */
  readonly commit?: Oid;
  /** Short name of the branch that is committed to; undefined where it is not known. */
  readonly branch: string | undefined;
}

/** A branch, or an update of one: from its merge bases with the trunk (the trunk: from where it stood) to its tip. */
export interface RefStep extends RepositoryStep {
  /** Every path that differs, governed or not. Read by need: it costs. */
  readonly changed: readonly ChangedPath[];
  /** Short name of the branch; undefined where it is not known. */
  readonly name: string | undefined;
  readonly isTrunk: boolean;
  /** Undefined where nobody said what time it is: then nothing is stale. */
  readonly now: Date | undefined;
  /** Along first parents, what no other branch has yet; oldest first. Read by need: it costs. */
  readonly commits: readonly NewCommit[];
}

/** Where a finding about a commit's message is: lines are the message's. Git's name for the file it is written in. */
export const MESSAGE_PATH = 'COMMIT_EDITMSG';

/** Where a finding about a branch as a whole is. */
export function refPath(name: string | undefined): string {
  return name === undefined ? 'HEAD' : `refs/heads/${name}`;
}

/**
 * One judgement. A rule implements the parts it needs; each is a pure function. State parts
 * (`document`, `ticket`, `repository`) look at `after` alone; step parts compare with all parents
 * and take their settings from the first one.
 */
export interface Rule {
  readonly id: string;
  readonly group: 'document' | 'freeze' | 'tree' | 'repository';
  readonly severity: Severity;
  /** Freeze, history and archive rules hold whatever a document or the judged commit says. */
  readonly isProtected?: boolean;
  /** Flows in which it is off until `rules` of WORKSPACE.md names it, with a severity or with options; both: opt-in. */
  readonly offIn?: readonly Settings['flow'][];
  /** Kinds of documents it looks at; all when absent. */
  readonly kinds?: readonly DocumentKind[];
  /** Besides `kinds`: it looks at every kind that holds one of these (`holds` in `kinds` of WORKSPACE.md). */
  readonly holds?: readonly ('requirements' | 'delta')[];
  /** `step` is where the document lies and what changed around it; undefined where it is judged alone, as in an editor. */
  document?(document: GovernedDocument, context: RuleContext, step?: RepositoryStep): Iterable<Report>;
  /** The part of `document` that reads what stands elsewhere in the tree. */
  elsewhere?(document: GovernedDocument, context: RuleContext, step: RepositoryStep): Elsewhere | undefined;
  /**
   * The parts of a ticket's folder that `ticket` reads; all when absent. Where one parent has every
   * one of them just so, its verdict stands and the rule is not asked again.
   */
  readonly reads?: readonly TicketPart[];
  ticket?(ticket: Ticket, context: RuleContext): Iterable<Report>;
  /** Judged once a check; `paths` are those the check is about, or all of them. */
  repository?(snapshot: Snapshot, context: RuleContext, paths: readonly string[] | 'all'): Iterable<Report>;
  /** What `across` has to know of one open ticket; kept while an audit goes on, so it is small. undefined: nothing. */
  summary?(ticket: Ticket, context: RuleContext): unknown;
  /** Judged at the end of an audit of everything: what `summary` said of the open tickets, in their order. */
  across?(summaries: readonly unknown[], context: RuleContext): Iterable<Report>;
  ticketStep?(step: TicketStep, context: RuleContext): Iterable<Report>;
  step?(step: RepositoryStep, context: RuleContext): Iterable<Report>;
  /** Asked where the message has a `Node:` trailer (see `trailers.ts`); `everyMessage` asks for all. */
  commit?(step: CommitStep, context: RuleContext): Iterable<Report>;
  /** Costs every commit the start of node. */
  readonly everyMessage?: boolean;
  /** The branch's name is needed: where it is not known, `ref` is not asked and the answer says so. */
  readonly needsName?: boolean;
  ref?(step: RefStep, context: RuleContext): Iterable<Report>;
}

/** Whether a rule looks at documents of a kind. */
export function looksAt({ kinds, holds }: Pick<Rule, 'kinds' | 'holds'>, kind: DocumentKind | undefined, settings: Settings): boolean {
  if (!kinds && !holds) return true;
  if (kind === undefined) return false;
  if (kinds?.includes(kind)) return true;
  const held = holds && heldBy(settings, kind);
  return held !== undefined && holds?.includes(held) === true;
}

/** What the documents of a kind beyond the core hold. */
export function heldBy(settings: Settings, kind: DocumentKind): 'requirements' | 'delta' | undefined {
  return settings.kinds.find(({ name }) => name === kind)?.holds;
}
