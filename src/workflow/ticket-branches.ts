import { nodeOfBranch } from './branch-plan.ts';
import { stackPart } from './branch-names.ts';
import { ticketOfBranch } from './infer-ticket.ts';
import type { Settings } from '../documents/settings.ts';

/** A branch, here or at a remote: its name without the remote. */
export interface NamedBranch {
  readonly name: string;
  readonly remote: string | undefined;
}

/** Which of a ticket's branches are meant. */
export interface BranchChoice {
  readonly ticket: string;
  /** Ids of all tickets that are known: a longer one is not mistaken for its beginning. */
  readonly known: readonly string[];
  /** Only this part of its stack. */
  readonly part?: number | undefined;
  /** Only the branch of this node; undefined: none of a node's. */
  readonly node?: string | undefined;
  /** Names that are the ticket's whatever they say. */
  readonly recorded?: readonly string[];
}

/** Whether a branch's name, or what is recorded of it, says that it is meant. */
function isMeant(name: string, choice: BranchChoice, settings: Pick<Settings, 'ticketPattern'>): boolean {
  const { ticket, known, part, node, recorded = [] } = choice;
  const isOwn = recorded.includes(name) || ticketOfBranch(name, [ticket, ...known])?.toLowerCase() === ticket.toLowerCase();
  return isOwn && nodeOfBranch(name) === node && (part === undefined || stackPart(name, settings) === part);
}

/** The branches that are meant; of those that a remote has under a name that is here too only the one here. */
export function branchesMeant<Branch extends NamedBranch>(branches: readonly Branch[], choice: BranchChoice, settings: Pick<Settings, 'ticketPattern'>): Branch[] {
  const meant = branches.filter(({ name }) => isMeant(name, choice, settings));
  const local = new Set(meant.filter(({ remote }) => remote === undefined).map(({ name }) => name));
  return meant.filter(({ remote, name }) => remote === undefined || !local.has(name));
}
