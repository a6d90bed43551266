import { isUnfilled, PLANNING_DOCUMENTS, type Planning, type PlanningEntry } from '../workflow/planning.ts';
import { isExcluded, type SpecQuestion } from '../workflow/planning-questions.ts';
import type { Edit } from '../tree/edit.ts';
import { draft, fill, type SpecInputs, wordsOf } from './documents.ts';

/** Keys of the frontmatter that lead from a spec back to its planning. */
export const PLANNING_KEY = 'x-planning';
export const REQUIREMENTS_KEY = 'x-requirements';

export interface PlannedSpecInputs extends SpecInputs {
  /** `planning/reports`; undefined where there is none. */
  readonly planningFolder: string | undefined;
  readonly planning: Planning;
  readonly questions: readonly SpecQuestion[];
  /** Answers by the ids of questions. */
  readonly answers: ReadonlyMap<string, string>;
}

/** The names that requirements of the planning have in the spec, by their ids; those without a name yet are left out. */
function requirementNames(planning: Planning): ReadonlyMap<string, string> {
  const wanted = (planning.requirements?.entries ?? []).filter((entry) => !isExcluded(entry) && entry.name !== '' && !isUnfilled(entry.name));
  return new Map(wanted.map(({ id, name }) => [id, name]));
}

/** spec.md from planning documents and answers; what nobody said is marked, so that it cannot be frozen unsaid. */
export function plannedSpecEdits(inputs: PlannedSpecInputs): Edit[] {
  const { folder, ticket, title, capability, stackedOn, planningFolder, planning } = inputs;
  const names = Object.fromEntries([...requirementNames(planning)].map(([id, name]) => [name, id]));
  const data = {
    ticket,
    title,
    ...(capability !== undefined && { capability }),
    ...(stackedOn !== undefined && { stacked_on: stackedOn }),
    ...(planningFolder !== undefined && { [PLANNING_KEY]: planningFolder }),
    ...(Object.keys(names).length > 0 && { [REQUIREMENTS_KEY]: names }),
  };
  const entries = (planning.requirements?.entries ?? []).filter((entry) => !isExcluded(entry));
  const requirements = entries.length > 0 ? entries.map((entry) => requirement(entry, inputs)) : [requirement(undefined, inputs)];
  const body = ['## Context', ...sources(inputs), ...contextParts(inputs), '## Requirements', ...requirements];
  return [draft(`${folder}/spec.md`, data, `${body.join('\n\n')}\n`)];
}

/** As text and not as links: a frozen spec moves to the archive byte by byte. */
function sources({ planningFolder, planning }: PlannedSpecInputs): string[] {
  const names = PLANNING_DOCUMENTS.filter((name) => planning[name]);
  return planningFolder === undefined ? [] : [`From the ${names.join(', ').replace(/, ([^,]*)$/, ' and $1')} in \`${planningFolder}\`.`];
}

function contextParts({ questions, answers }: PlannedSpecInputs): string[] {
  const asked = questions.filter(({ heading }) => heading !== undefined);
  const headings = [...new Set(asked.map(({ heading }) => heading as string))];
  return headings.map((heading) => {
    const told = asked.filter((one) => one.heading === heading).map(({ id, question, answer }) => {
      const said = answers.get(id) ?? answer;
      const isOpenPoint = id.startsWith('open-');
      const text = said === undefined ? marked(isOpenPoint ? 'what was decided' : question) : withoutHeadings(said);
      return isOpenPoint ? `- ${question} ${text}` : text;
    });
    return `### ${heading}\n\n${told.join('\n')}`;
  });
}

function requirement(entry: PlanningEntry | undefined, { questions, answers, words }: PlannedSpecInputs): string {
  const { keyword, given, when, then } = wordsOf(words);
  const said = (part: string) => (entry ? (answers.get(`${entry.id}.${part}`) ?? questions.find(({ id }) => id === `${entry.id}.${part}`)?.answer) : undefined);
  const name = entry === undefined ? fill('a name of a few words') : entry.name === '' || isUnfilled(entry.name) ? fill(`a name of a few words for ${entry.id}`) : entry.name;
  const statement = said('statement');
  const isDemand = statement !== undefined && words.keywords.some((word) => statement.includes(word));
  const demand = isDemand ? withoutHeadings(statement) : `The system ${keyword} ${fill(statement ?? entry?.text.replaceAll(/\s+/g, ' ') ?? 'one statement that can be tested')}`.replace(/\]\]$/, ']].');
  const accepted = said('accepted')?.split('\n').filter((item) => item.trim() !== '') ?? [];
  return [`### Requirement: ${name}`, demand.replaceAll(/\[\[fill: ([^\]]*)\]\]/g, (_, what: string) => marked(what || 'one statement that can be tested')), ...scenarios(accepted, { given, when, then })].join('\n\n');
}

/** Steps that are written as such are one scenario; other items are each the end of one. */
function scenarios(accepted: readonly string[], words: Readonly<Record<'given' | 'when' | 'then', string>>): string[] {
  const step = new RegExp(`^(?:\\*\\*)?(${words.given}|${words.when}|${words.then}|AND)(?:\\*\\*)?[ :]+`, 'i');
  if (accepted.length > 0 && accepted.every((item) => step.test(item))) {
    const what = accepted.find((item) => item.toLowerCase().replaceAll('*', '').startsWith(words.when.toLowerCase())) ?? (accepted[0] as string);
    return [`#### Scenario: ${called(what.replace(step, ''))}\n\n${accepted.map((item) => `- ${item.replace(step, (_, word: string) => `**${word.toUpperCase()}** `)}`).join('\n')}`];
  }
  const ends = accepted.length > 0 ? accepted : [fill('what can be observed')];
  return ends.map((end) => `#### Scenario: ${isUnfilled(end) ? fill('a name of a few words') : called(end)}\n\n- **${words.given}** ${fill('the situation before')}\n- **${words.when}** ${fill('what happens')}\n- **${words.then}** ${end}`);
}

/** A scenario's name from one of its steps: whole words, no more than fit into a heading. */
function called(step: string): string {
  const words = step.replaceAll(/[`*_[\]#]/g, '').trim().split(/\s+/);
  let name = words.shift() ?? '';
  while (words.length > 0 && name.length + (words[0] as string).length < 60) name += ` ${words.shift()}`;
  return name.charAt(0).toUpperCase() + name.slice(1).replace(/[.,;:]+$/, '');
}

/** A mark's text ends at the first bracket. */
function marked(what: string): string {
  return fill(what.replaceAll(/[[\]]/g, '').trim());
}

/** Headings inside an answer would end the section that it stands in. */
function withoutHeadings(text: string): string {
  return text.split('\n').map((line) => line.replace(/^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$/, '**$1**')).join('\n').trim();
}
