import type { RequirementWords } from '../documents/settings.ts';
import type { Edit } from '../tree/edit.ts';
import { draft, wordsOf } from './documents.ts';
import { renderTemplate } from './template.ts';

export interface ForkInputs {
  /** Of the fork's document, from the repository's root. */
  readonly path: string;
  /** Why the work cannot stay in the node. */
  readonly reason: string;
  /** The ticket that is forked, and the node. */
  readonly ticket: string;
  readonly node: string;
  readonly returnTo: string;
  /** The ticket that does the work. */
  readonly sub: string;
}

/** The fork, in the folder of the ticket that waits for it. */
export function forkEdit({ path, reason, node, returnTo, sub }: ForkInputs): Edit {
  return draft(path, { reason, spawned_from: node, return_to: returnTo, sub_workflow: sub }, '');
}

export interface SubTicketInputs extends ForkInputs {
  /** The sub-ticket's folder. */
  readonly folder: string;
  readonly title: string;
  readonly words: RequirementWords;
}

/** The draft of the spec of the ticket that does the work: where it comes from, why, and where work goes on after it. */
export function subTicketEdits(inputs: SubTicketInputs, template: string): Edit[] {
  const { folder, sub, title, words, ticket, node, reason, returnTo } = inputs;
  const origin = `Fork of ${ticket} at node ${node}: ${literal(reason)}\n\nWhen this ticket is archived, ${ticket} goes on at node ${returnTo}.\n\n`;
  return [draft(`${folder}/spec.md`, { ticket: sub, title }, `${origin}${renderTemplate(template, wordsOf(words))}`)];
}

const ORIGIN = /^Fork of [A-Za-z0-9-]+ at node [a-z0-9-]+: (.*\S)\s*$/m;

/** Why a spec's ticket was forked off, as its first lines say it; undefined where they do not. */
export function whyForked(spec: string): string | undefined {
  return ORIGIN.exec(spec)?.[1]?.replace(/\\([\\`*_[\]<>&#|~!])/g, '$1');
}

/** Text that Markdown shows as it is. */
function literal(text: string): string {
  return text.replace(/[\\`*_[\]<>&#|~!]/g, '\\$&');
}
