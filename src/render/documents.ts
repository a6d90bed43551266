import { renderFrontmatter } from '../documents/edit.ts';
import type { RequirementWords } from '../documents/settings.ts';
import type { Edit } from '../tree/edit.ts';
import type { NodeDraft } from './tasks-from-epics.ts';
import { renderTemplate } from './template.ts';

/** What marks a place that its author has yet to fill in. */
export function fill(what: string): string {
  return `[[fill: ${what}]]`;
}

export interface IdeaInputs {
  readonly folder: string;
  readonly ticket: string;
  readonly title: string;
}

export interface SpecInputs extends IdeaInputs {
  readonly capability?: string;
  /** The ticket whose branch this one's builds on. */
  readonly stackedOn?: string;
  readonly words: RequirementWords;
}

export interface TasksInputs extends IdeaInputs {
  /** `sha256:<hex>` of the spec that this workflow is made for: the freeze. */
  readonly pin: string;
  readonly why?: string;
  readonly nodes: readonly NodeDraft[];
}

export function ideaEdits(inputs: IdeaInputs, template: string): Edit[] {
  return [draft(`${inputs.folder}/idea.md`, { ticket: inputs.ticket, title: inputs.title }, renderTemplate(template, {}))];
}

export function specEdits(inputs: SpecInputs, template: string): Edit[] {
  const { folder, ticket, title, capability, stackedOn, words } = inputs;
  const data = { ticket, title, ...(capability !== undefined && { capability }), ...(stackedOn !== undefined && { stacked_on: stackedOn }) };
  return [draft(`${folder}/spec.md`, data, renderTemplate(template, wordsOf(words)))];
}

export function tasksEdits(inputs: TasksInputs, template: string): Edit[] {
  const { folder, ticket, title, pin, why, nodes } = inputs;
  const goal = { title, why: why ?? fill('why it is worth doing: what gets better, and for whom') };
  const data = { ticket, goal, spec: pin, nodes };
  return [draft(`${folder}/tasks.md`, data, renderTemplate(template, {}))];
}

/** The first of each of the words that requirements are written with here. */
export function wordsOf(words: RequirementWords): Record<'keyword' | 'given' | 'when' | 'then', string> {
  const first = (list: readonly string[]) => list[0] as string;
  return { keyword: first(words.keywords), given: first(words.given), when: first(words.when), then: first(words.then) };
}

/** A new file of frontmatter and body; it must not exist yet. */
export function draft(path: string, data: Record<string, unknown>, body: string): Edit {
  return { path, content: `${renderFrontmatter(data)}${body}`, expect: 'absent' };
}
