import type { TicketStatus } from './node-status.ts';
import type { Scope } from './scope.ts';
import type { Ticket } from './ticket.ts';
import type { Waves } from './wave.ts';

/** What an agent or a person does, where it is no command. */
export type AgentActionName = 'team:spawn' | 'wave:await-qa' | 'subagent:respawn' | 'human:approve' | 'agent:do';

/** A line of a command of this program: the words after its name. */
export type Words = readonly string[];

/** A node that a step is about, and what it needs. */
export interface StepNode {
  readonly id: string;
  readonly title: string | undefined;
  readonly role: string | undefined;
  readonly model: string | undefined;
  readonly scope: readonly string[] | undefined;
  /** A plan has to be approved before it makes a new file. */
  readonly plan: boolean;
  /** Of the attempt that failed. */
  readonly findings: readonly string[];
  readonly retriesLeft: number | undefined;
  /** What is said of it when its work is done, and when it cannot be. */
  readonly onPass?: Words;
  readonly onFail?: Words;
}

export interface Choice {
  readonly description: string;
  readonly run: Words;
}

/** One step, as data: either a command, a commit, or what an agent or a person does. */
export interface Step {
  /** What kind of step it is: one word for each branch of `nextStep`. */
  readonly id: string;
  readonly description: string;
  /** What will happen, for a person who is asked; a line each. */
  readonly will: readonly string[];
  readonly run?: Words;
  readonly commit?: { readonly paths: readonly string[]; readonly subject: string; readonly nodes: readonly string[] };
  readonly action?: AgentActionName;
  /** The document to read or to write. */
  readonly path?: string;
  /** What is missing in it, with its line. */
  readonly missing?: readonly { readonly line: number; readonly text: string }[];
  readonly paths?: readonly string[];
  readonly nodes?: readonly StepNode[];
  readonly choices?: readonly Choice[];
  readonly onPass?: Words;
  readonly onFail?: Words;
  /** A person is asked first. */
  readonly confirm?: true;
  /** Nodes that somebody else holds. */
  readonly held?: readonly (Held & { readonly node: string })[];
  /** The ticket of a fork: its own next step is what is next. */
  readonly goTo?: string;
  /** Nothing is left to do here. */
  readonly isLast?: true;
}

/** A node whose record holds more in another work tree or ref than here. */
export interface Held {
  /** The ref's full name, or the folder of a work tree. */
  readonly where: string;
  /** The last entry there. */
  readonly to: string;
  readonly by: string;
}

/** What other work trees and refs hold of a ticket. */
export interface HeldElsewhere {
  /** By node. */
  readonly nodes: ReadonlyMap<string, Held>;
  /** The status that all of them together give. */
  readonly status: TicketStatus;
  /** Who has archived the ticket. */
  readonly archivedIn: string | undefined;
}

/** A branch above the limits of review. */
export interface LargeBranch {
  readonly branch: string;
  /** `14 files`, and what is allowed. */
  readonly excess: { readonly is: string; readonly most: string };
  /** The top of the stack that it was split into already; undefined where it was not. */
  readonly top: string | undefined;
}

/** All that is known of a ticket when one asks what comes next. */
export interface KnownTicket {
  readonly ticket: Ticket;
  /** `ticketStatus`, once. */
  status(): TicketStatus;
  /** Governed paths of its folder that differ from the last commit. */
  readonly uncommitted: readonly string[];
  /** Paths with open conflicts. */
  readonly unmerged: readonly string[];
  /** Paths in a scope that differ from the last commit. */
  changedIn(scope: Scope): readonly string[];
  /** Asked where the step would move a node; without it nobody else is there. */
  elsewhere?(): HeldElsewhere;
  /** Whether the branch that is checked out is more than one review takes; looked at when nothing else is left to do. */
  largeBranch?(): LargeBranch | undefined;
  /** Open conversations of its pull requests that no node takes up, as far as this clone knows; looked at when nothing else is left to do. */
  conversations?(): number;
  /** The verbs of this program. */
  readonly verbs: ReadonlySet<string>;
  /** What a new spec could be called. */
  readonly title: string;
}

/** Everything a part of the decision may look at. */
export interface Facts extends Omit<KnownTicket, 'status' | 'elsewhere'> {
  readonly id: string;
  readonly status: TicketStatus;
  readonly waves: Pick<Waves, 'startable' | 'refusal'>;
  /** Nodes that have gone on elsewhere, and are left alone here. */
  readonly held: ReadonlyMap<string, Held>;
}

/** A few names, and how many more. */
export function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
