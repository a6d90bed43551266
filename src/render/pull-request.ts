import { hash } from '../documents/digest.ts';
import { setMarked } from '../documents/marked-block.ts';
import { isScaffold, statusOf } from '../workflow/change-record.ts';
import { effectiveSpec, type EffectiveRequirement } from '../workflow/effective-spec.ts';
import { coversOf, inTreeOrder, leavesOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { inline } from '../workflow/ticket-readme.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { codeSpan } from './markdown-data.ts';
import { oneLine } from './plain-text.ts';

/** What a pull request tells of its branch. */
export interface BranchStory {
  readonly branch: string;
  /** The ticket that its name carries. */
  readonly ticket: string | undefined;
  /** Which part of a stack it is, as its name says. */
  readonly part: number | undefined;
  /** The ticket as the branch's last commit has it; undefined where it has no folder there. */
  readonly documents: Ticket | undefined;
  /** Nodes of that ticket that the branch's own commits name. */
  readonly nodes: readonly string[];
  /** First lines of its own commits, oldest first. */
  readonly subjects: readonly string[];
}

export interface PullRequestText {
  readonly title: string;
  /** Markdown, LF. */
  readonly description: string;
}

/** Forges take 256 characters, and cut what is shown long before. */
const LONGEST_TITLE = 120;
/** So many of a list; forges take bodies of 65,536 characters. */
const MOST = 40;

/** Title and description from the ticket's documents as they are on the branch; without any, from its commits. */
export function pullRequestText(story: BranchStory): PullRequestText {
  const description = [head(story), requirements(story), nodes(story), changes(story), story.documents ? '' : commits(story)].filter((part) => part !== '').join('\n\n');
  return { title: titleOf(story), description };
}

/** A part of a stack is told by its own number, which stays when another joins or leaves. */
function titleOf(story: BranchStory): string {
  const { ticket, part } = story;
  const lead = ticket === undefined ? '' : `${ticket}${part === undefined ? '' : ` part ${part}`}: `;
  const said = (part === undefined ? wholeTitle(story) : partTitle(story)) ?? slugWords(story.branch);
  return oneLine(lead !== '' && said.startsWith(ticket as string) ? said : lead + said, LONGEST_TITLE);
}

function wholeTitle({ documents, subjects }: BranchStory): string | undefined {
  return textOf(documents?.spec?.data.title) ?? goalOf(documents).title ?? (subjects.length === 1 ? textOf(subjects[0]) : undefined);
}

function partTitle(story: BranchStory): string | undefined {
  const own = ownNodes(story);
  return own.length === 1 ? textOf(own[0]?.data.title) : undefined;
}

function slugWords(branch: string): string {
  const words = branch.slice(branch.lastIndexOf('/') + 1).replace(/^.*?--(?:p\d+-)?/, '').replaceAll(/[-_]+/g, ' ').trim();
  return words === '' ? branch : words;
}

function goalOf(documents: Ticket | undefined): { readonly title: string | undefined; readonly why: string | undefined } {
  const goal = documents?.tasks?.data.goal;
  const { title, why } = (typeof goal === 'object' && goal !== null ? goal : {}) as Record<string, unknown>;
  return { title: textOf(title), why: textOf(why) };
}

function head({ documents, ticket }: BranchStory): string {
  const { title = textOf(documents?.spec?.data.title), why } = goalOf(documents);
  const goal = title === undefined ? '' : `**${inline(title, 200)}**${ticket === undefined ? '' : ` (${ticket})`}`;
  return [goal, why === undefined ? '' : inline(why, 600)].filter((line) => line !== '').join('\n\n');
}

/** Those that the part's nodes cover; all where the branch names none, or one that covers all. */
function requirements(story: BranchStory): string {
  if (!story.documents) return '';
  const all = effectiveSpec(story.documents).requirements;
  const covers = ownNodes(story).map(coversOf);
  const isAll = covers.length === 0 || covers.includes('all');
  const own = isAll ? all : all.filter(({ name }) => covers.some((names) => names !== 'all' && names !== 'none' && names.includes(name)));
  return section('Requirements', own.map((one) => `**${inline(one.name, 200)}**${said(one)}`));
}

function said({ body }: EffectiveRequirement): string {
  const first = body.split('\n').map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#'));
  return first === undefined ? '' : `: ${inline(first, 400)}`;
}

function nodes(story: BranchStory): string {
  const own = ownNodes(story);
  return section(own.length === 1 ? 'Node' : 'Nodes', own.map((node) => `${codeSpan(node.id)}${textOf(node.data.title) === undefined || node.data.title === node.id ? '' : ` ${inline(String(node.data.title), 200)}`}`));
}

function ownNodes({ documents, nodes: named }: BranchStory): TaskNode[] {
  const leaves = leavesOf(inTreeOrder(taskNodes(documents?.tasks?.data ?? {})));
  return leaves.filter(({ id }) => named.includes(id));
}

function changes({ documents }: BranchStory): string {
  const records = (documents?.changes ?? []).filter((record) => !isScaffold(record));
  return section('Changes of the spec', records.map((record) => `${codeSpan(record.place.name ?? '')} ${inline(String(record.data.title ?? ''), 200)} (${[textOf(record.data.impact), statusOf(record)].filter((word) => word !== undefined).join(', ')})`));
}

function commits({ subjects }: BranchStory): string {
  return section(subjects.length === 1 ? 'Commit' : 'Commits', subjects.map((subject) => inline(subject, 200)));
}

function section(heading: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, MOST).map((item) => `- ${item}`);
  return [`### ${heading}`, '', ...shown, ...(items.length > MOST ? [`- and ${items.length - MOST} more`] : [])].join('\n');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** One pull request of a stack, as the others show it. */
export interface StackRow {
  readonly branch: string;
  readonly title: string;
  /** How the forge refers to it (`#12`); undefined while it has none. */
  readonly reference: string | undefined;
  readonly url: string | undefined;
  readonly isMerged: boolean;
}

/** The way through a stack: the top first, what it is merged into last, as one reads a stack of plates. */
export function stackTable(rows: readonly StackRow[], here: string, base: string): string {
  const line = (row: StackRow, index: number) => {
    const mark = row.branch === here ? '**this one**' : row.isMerged ? 'merged' : '';
    return `| ${rows.length - index} | ${referenceOf(row)} | ${inCell(inline(row.title, 100))} | ${mark} |`;
  };
  return ['| | pull request | title | |', '|---|---|---|---|', ...rows.toReversed().map(line), `| | ${inCell(codeSpan(base))} | | |`].join('\n');
}

function referenceOf({ reference, url, branch }: StackRow): string {
  if (reference === undefined) return inCell(codeSpan(branch));
  return url !== undefined && /^https?:\/\/[^\s()<>|\\]+$/.test(url) ? `[${inline(reference, 40)}](${url})` : inCell(inline(reference, 40).replace(/^\\#/, '#'));
}

/** A bar would end the cell, in inline code too. */
function inCell(text: string): string {
  return text.replaceAll(/\\?\|/g, '\\|');
}

export interface Body {
  readonly text: string;
  /** People wrote into the description between its marks: it is theirs now. */
  readonly isEdited: boolean;
}

/**
 * A pull request's body: what stands there already with our two parts, each between its marks; people's
 * text around them stays byte by byte. Without a table the way through a stack is taken away.
 */
export function pullRequestBody(old: string, { title, description }: PullRequestText, table: string | undefined): Body {
  const told = setMarked(old, 'description', `${description}\n\n${titleMark(title)}`.trim(), 'keep');
  return { text: setMarked(told.text, 'stack', table, 'renew').text, isEdited: told.isEdited };
}

/** Whether a pull request is still called as `pullRequestBody` was told when it wrote this body: nobody gave it another title. */
export function isTitleOurs(title: string, body: string): boolean {
  return body.includes(titleMark(title));
}

function titleMark(title: string): string {
  return `<!-- title ${hash(title).slice(0, 'sha256:'.length + 16)} -->`;
}
