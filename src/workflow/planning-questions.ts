import { answerIn, isUnfilled, itemsIn, PLANNING_DOCUMENTS, type Planning, type PlanningEntry, type PlanningName } from './planning.ts';

/** One thing that a spec has to say, and where the planning says it already. */
export interface SpecQuestion {
  /** What an answer is given by: `targets`, `REQ-2.accepted`, `open-1`. */
  readonly id: string;
  readonly question: string;
  /** The heading that the answer stands under; undefined for what becomes part of a requirement. */
  readonly heading: string | undefined;
  /** What the planning says; undefined while it is open. */
  readonly answer: string | undefined;
  /** Where it says so. */
  readonly source: string | undefined;
}

interface Asked {
  readonly id: string;
  readonly document: PlanningName;
  readonly section: string;
  readonly question: string;
}

const ASKED: readonly Asked[] = [
  { id: 'problem', document: 'requirements', section: 'Problem', question: 'Which problem does it solve, and what happens without it?' },
  { id: 'users', document: 'requirements', section: 'Users', question: 'Who uses it, and for what?' },
  { id: 'success', document: 'requirements', section: 'Success', question: 'How will anybody notice that it was worth it?' },
  { id: 'out-of-scope', document: 'requirements', section: 'Out of scope', question: 'What does it deliberately not do?' },
  { id: 'technology', document: 'architecture', section: 'Technology', question: 'With what is it built, and what was decided against?' },
  { id: 'parts', document: 'architecture', section: 'Parts', question: 'Of which parts is it made, and which one does what?' },
  { id: 'data', document: 'architecture', section: 'Data', question: 'Which data does it keep, in what form?' },
  { id: 'interfaces', document: 'architecture', section: 'Interfaces', question: 'What do others call, and what do they get?' },
  { id: 'targets', document: 'architecture', section: 'Targets', question: 'How fast, how much, how safe does it have to be?' },
];

/** Whether an entry is written down so that nobody does it. */
export function isExcluded({ priority }: Pick<PlanningEntry, 'priority'>): boolean {
  return priority === "won't";
}

/**
 * What a spec has to say, answered as far as the planning documents answer it: the same few questions
 * for everybody, one for each requirement that cannot be tested yet, and whatever the documents
 * themselves leave open.
 */
export function specQuestions(planning: Planning, keywords: readonly string[]): SpecQuestion[] {
  const common = ASKED.map(({ id, document, section, question }): SpecQuestion => {
    const answer = answerIn(planning[document], section);
    return { id, question, heading: section, answer, source: answer === undefined ? undefined : planning[document]?.path };
  });
  const requirements = planning.requirements?.entries ?? [];
  const tested = requirements.filter((one) => !isExcluded(one)).flatMap((entry) => requirementQuestions(entry, keywords, planning.requirements?.path));
  const open = PLANNING_DOCUMENTS.flatMap((name) => itemsIn(planning[name], 'Open questions')).filter((item) => !/^none\.?$/i.test(item) && !isUnfilled(item));
  const left = open.map((question, index): SpecQuestion => ({ id: `open-${index + 1}`, question, heading: 'Decided', answer: undefined, source: undefined }));
  return [...common, ...tested, ...left];
}

function requirementQuestions(entry: PlanningEntry, keywords: readonly string[], path: string | undefined): SpecQuestion[] {
  const { id, name, accepted } = entry;
  const statement = statementOf(entry, keywords);
  const filled = accepted.filter((item) => !isUnfilled(item));
  const called = isUnfilled(name) ? id : `${id} (${name})`;
  return [
    { id: `${id}.statement`, question: `${called}: what does it demand, in one statement with ${keywords[0]} that can be tested?`, heading: undefined, answer: statement, source: statement === undefined ? undefined : path },
    { id: `${id}.accepted`, question: `${called}: what can be observed when it is met?`, heading: undefined, answer: filled.length > 0 ? filled.join('\n') : undefined, source: filled.length > 0 ? path : undefined },
  ];
}

/** The text of a requirement where it is one that can be tested: it says how binding it is. */
function statementOf({ text }: PlanningEntry, keywords: readonly string[]): string | undefined {
  const isTestable = keywords.some((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'u').test(text));
  return text !== '' && isTestable && !isUnfilled(text) ? text : undefined;
}
