import type { DataPath } from '../documents/document.ts';
import { tokensIn } from '../documents/tokens.ts';
import { effectiveSpec, type EffectiveRequirement } from './effective-spec.ts';
import { clipped, fit, grouped, type Part } from './fit.ts';
import { contractsPart } from './micro-spec-contracts.ts';
import { dependenciesPart } from './micro-spec-dependencies.ts';
import { scopePart, verificationPart } from './micro-spec-duties.ts';
import { objectivePart, requirementsPart } from './micro-spec-work.ts';
import type { NodeState, TicketStatus } from './node-status.ts';
import { REVIEWER, roleOf } from './roles.ts';
import { routedInputs, type RoutedInput } from './routed-input.ts';
import { coversOf, dataPathOf } from './task-tree.ts';
import type { Ticket } from './ticket.ts';
import { toldStatus } from './told-status.ts';

/** How many tokens a node's context takes unless somebody asks for more. */
export const TOKEN_BUDGET = 2000;

export type SectionId = 'objective' | 'requirements' | 'dependencies' | 'contracts' | 'scope' | 'verification';

export interface MicroSpecSection {
  readonly id: SectionId;
  readonly title: string;
  /** Markdown, its heading included. */
  readonly text: string;
  /** Of `text`. */
  readonly tokens: number;
  /** What is not there in full; the text says so in its place. */
  readonly cut: readonly string[];
}

/** Something that the node needs and nobody can read. */
export interface Missing {
  /** The rule that judges the like. */
  readonly rule: string;
  /** Where the frontmatter of tasks.md asks for it. */
  readonly at: DataPath;
  /** `Unexpected X, expected Y`. */
  readonly message: string;
  readonly remedy: string;
}

/** What one node's agent needs to know, and no more. */
export interface MicroSpec {
  readonly ticket: string;
  readonly node: string;
  readonly title: string;
  readonly role: string | undefined;
  readonly isReady: boolean;
  /** Where the node stands, and why it cannot be started where it cannot. */
  readonly standing: string;
  readonly sections: readonly MicroSpecSection[];
  /** Markdown: title, standing, the six sections, and last what they take. */
  readonly text: string;
  /** Of `text`: see `tokensIn`. */
  readonly tokens: number;
  readonly budget: number;
  readonly inputs: readonly RoutedInput[];
  /** What an earlier node is still to make is not among it. */
  readonly missing: readonly Missing[];
}

export interface MicroSpecOptions {
  /** In tokens; TOKEN_BUDGET when absent. */
  readonly budget?: number;
  /** How treework is called where the text is read. */
  readonly program?: string;
  /** Whose eyes it is for; when absent those of the reviewer where a verdict is awaited, else of the node's role. */
  readonly role?: string;
}

/** What the parts are made from. */
export interface About {
  readonly ticket: Ticket;
  readonly status: TicketStatus;
  readonly state: NodeState;
  readonly program: string;
  readonly role: string | undefined;
  readonly covered: readonly EffectiveRequirement[];
  /** Names in its `covers` that the effective spec has no requirement for. */
  readonly unknown: readonly string[];
  readonly inputs: readonly RoutedInput[];
}

/**
 * The micro-spec of one node of a ticket, in six sections: objective, requirements (of the effective
 * spec), dependencies (L0 of all it comes after, L1 of those directly before; L2 only where it was
 * asked for), contracts, scope, verification. A pure function of the ticket's tree. It stays within the
 * budget by shortening what matters least, each time saying so in its place; where even the shortest
 * forms need more, its last line says that.
 */
export function microSpec(ticket: Ticket, status: TicketStatus, state: NodeState, options: MicroSpecOptions = {}): MicroSpec {
  const { budget = TOKEN_BUDGET, program = 'treework' } = options;
  const { node } = state;
  const { maxRetries } = ticket.snapshot.settings.execution;
  const standing = toldStatus(state, status, maxRetries);
  const role = options.role ?? (state.status === 'awaiting-qa' ? REVIEWER : roleOf(node));
  const inputs = routedInputs(ticket, status, state);
  const { covered, unknown } = coveredBy(ticket, state);
  const about: About = { ticket, status, state, program, role, covered, unknown, inputs };
  const missing = missingOf(about);
  const title = clipped(typeof node.data.title === 'string' ? node.data.title : node.id, 200);
  const head = `# ${ticket.id}/${node.id}${title === node.id ? '' : `: ${title}`}\n\n${clipped(standing.text, 500)}${missing.length === 0 ? '' : ` **Missing: ${missing.length === 1 ? 'one thing that it needs, which is' : `${missing.length} things that it needs, which are`} said below.**`}\n`;
  const parts: readonly (readonly [SectionId, Part])[] = [
    ['objective', objectivePart(about)],
    ['requirements', requirementsPart(about)],
    ['dependencies', dependenciesPart(about)],
    ['contracts', contractsPart(about)],
    ['scope', scopePart(about)],
    ['verification', verificationPart(about)],
  ];
  const account: Account = { budget, more: `${program} context ${node.id} --ticket ${ticket.id} --budget ${2 * budget}` };
  const longest = accountOf(account, parts.map(([, { title: heading }]) => ({ title: heading, tokens: 99_999 })), 999, budget);
  const fitted = fit(parts.map(([, part]) => part), 4 * budget - Buffer.byteLength(head + longest));
  const sections = fitted.map((section, index) => ({ id: (parts[index] as (typeof parts)[number])[0], ...section }));
  const { text, tokens } = accounted(head + sections.map((section) => section.text).join(''), sections, account);
  return { ticket: ticket.id, node: node.id, title, role, isReady: standing.isReady, standing: standing.text, sections, text, tokens, budget, inputs, missing };
}

interface Account {
  readonly budget: number;
  /** The command that shows more. */
  readonly more: string;
}

/** The text with its account at the end: the number it tells is that of the text it stands in. */
function accounted(body: string, sections: readonly MicroSpecSection[], account: Account): { text: string; tokens: number } {
  const cut = sections.reduce((sum, section) => sum + section.cut.length, 0);
  const textWith = (tokens: number) => body + accountOf(account, sections, cut, tokens);
  // A greater number is never shorter, so this ends at the least that tells the truth.
  let tokens = 0;
  for (let said = -1; said !== tokens; ) {
    said = tokens;
    tokens = tokensIn(Buffer.from(textWith(said)));
  }
  return { text: textWith(tokens), tokens };
}

function accountOf({ budget, more }: Account, sections: readonly Pick<MicroSpecSection, 'title' | 'tokens'>[], cut: number, tokens: number): string {
  const each = sections.map((section) => `${section.title} ${grouped(section.tokens)}`).join(', ');
  const over = tokens > budget ? ` That is ${grouped(tokens - budget)} over the budget: the plan’s own words need more.` : '';
  const shortened = cut === 0 ? '' : ` Shortened to fit: ${cut === 1 ? 'one text, which says' : `${grouped(cut)} texts, each of which says`} so in its place; \`${more}\` shows more.`;
  return `\n---\n\nTokens: ${grouped(tokens)} of ${grouped(budget)}, one for each four bytes of UTF-8 (${each}).${over}${shortened}\n`;
}

function coveredBy(ticket: Ticket, { node }: NodeState): Pick<About, 'covered' | 'unknown'> {
  const covers = coversOf(node);
  if (covers === 'none' || node.children.length > 0) return { covered: [], unknown: [] };
  const { requirements } = effectiveSpec(ticket);
  if (covers === 'all') return { covered: requirements, unknown: [] };
  const names = new Set(requirements.map(({ name }) => name));
  return { covered: requirements.filter(({ name }) => covers.includes(name)), unknown: covers.filter((name) => !names.has(name)) };
}

function missingOf({ state, inputs, unknown, ticket }: About): Missing[] {
  const { node } = state;
  const faults = inputs.flatMap(({ isHandedOver, at, path, section, state: found, maker }): Missing[] => {
    const input = (message: string, remedy: string): Missing[] => [{ rule: 'contract-input', at, message, remedy }];
    if (found === 'outside') return input(`Unexpected input ${path} of ${node.id}, expected a path inside of the repository`, 'name a file of the repository');
    if (found === 'no-section') return input(`Unexpected section "${section}" of ${path}, an input of ${node.id}, expected one of its headings`, 'name a heading of the file, or the whole file');
    if (found !== 'missing' || isHandedOver) return [];
    return maker
      ? input(`Unexpected absence of ${path}, an input of ${node.id}, expected what ${maker.node.id} made`, `bring it here, or correct the outputs of ${maker.node.id}`)
      : input(`Unexpected absence of ${path}, an input of ${node.id}, expected a file of the repository or an output of an earlier node`, 'correct the path, add the file, or name it in the outputs of the node that makes it');
  });
  const covers = unknown.map((name): Missing => ({ rule: 'spec-covered', at: [...dataPathOf(node), 'covers'], message: `Unexpected "${name}" in the covers of ${node.id}, expected a requirement of the effective spec`, remedy: 'correct the name, or take it out' }));
  const hasNone = !ticket.spec && coversOf(node) !== 'none' && node.children.length === 0;
  return [...faults, ...covers, ...(hasNone ? [{ rule: 'spec-frozen', at: ['spec'], message: `Unexpected absence of ${ticket.folder}/spec.md, expected the spec that ${node.id} answers for`, remedy: `restore it (git checkout HEAD -- ${ticket.folder}/spec.md)` }] : [])];
}
