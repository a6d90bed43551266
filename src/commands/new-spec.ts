import { createInterface } from 'node:readline';
import { nearest } from '../documents/nearest.ts';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { plannedSpecEdits } from '../render/spec-from-planning.ts';
import { specQuestions, type SpecQuestion } from '../workflow/planning-questions.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, requiredLine, settingsGiven } from './inputs.ts';
import { capabilityOf, writeDraft } from './new-draft.ts';
import { planningIn, type PlanningFolder } from './planning-folder.ts';
import { recordedParent } from './work-stack.ts';
import { newTicket, openWorkspace } from './workspace.ts';

/** A spec whose questions adapt to what the planning documents answer; answers come by `--set`, or are asked for on a terminal. */
export async function newPlannedSpec(invocation: Invocation): Promise<Outcome> {
  const { program, values } = invocation;
  const workspace = openWorkspace(invocation);
  const { settings } = workspace;
  const from = lineOf(values, 'from');
  const planned: PlanningFolder | undefined = from === undefined ? undefined : planningIn(workspace, from, program);
  const planning = planned?.planning ?? {};
  const title = lineOf(values, 'title') ?? planning.requirements?.title ?? planning.epics?.title ?? requiredLine(values, 'title', 'WHAT IT DELIVERS');
  const capability = capabilityOf(invocation);
  const ticket = newTicket(workspace, invocation);
  const questions = specQuestions(planning, settings.requirements.keywords);
  const answers = answersGiven(invocation, questions);
  const stackedOn = recordedParent(workspace, ticket);
  if (values.interactive === true) await ask(questions, answers);
  const inputs = { folder: ticketFolder(settings, ticket), ticket, title, words: settings.requirements, planningFolder: planned?.folder, planning, questions, answers, ...(capability !== undefined && { capability }), ...(stackedOn !== undefined && { stackedOn }) };
  const told = questions.map(({ id, question, answer, source }) => ({ id, question, ...answerOf(answers.get(id), answer, source) }));
  const open = told.filter(({ answer }) => answer === undefined);
  const example = open[0] === undefined ? '' : ` --set ${open[0].id}="…"`;
  return writeDraft(workspace, invocation, ticket, {
    edits: plannedSpecEdits(inputs),
    message: `docs(${ticket}): write the spec`,
    description: open.length === 0 ? `fill in the marked places, then commit; ${program} new tasks --ticket ${ticket} freezes it` : `answer what is marked (${open.length} questions are open), then commit; before it is written, --dry-run shows it and${example} answers`,
    done: [`a new spec for ${ticket}: ${told.length - open.length} of ${told.length} questions are answered${planned ? `, from ${planned.folder}` : ''}`, ...open.map(({ id, question }) => `  ${id}: ${question}`)].join('\n'),
    json: { ticket, ...(planned && { planning: planned.folder }), questions: told.map((one) => ({ ...one, open: one.answer === undefined })) },
  });
}

function answerOf(given: string | undefined, planned: string | undefined, source: string | undefined): { readonly answer?: string; readonly source?: string } {
  if (given !== undefined) return { answer: given, source: '--set' };
  return planned === undefined ? {} : { answer: planned, ...(source !== undefined && { source }) };
}

/** What `--set ID=ANSWER` says. Throws a UserError for a question that is not asked. */
function answersGiven({ values }: Invocation, questions: readonly SpecQuestion[]): Map<string, string> {
  const answers = new Map<string, string>();
  const ids = questions.map(({ id }) => id);
  for (const [id, answer] of settingsGiven(values)) {
    if (!ids.includes(id)) throw new UserError(`Unexpected --set ${id}, expected a question: ${ids.join(', ')}`, `--set ${nearest(id, ids) ?? ids[0]}="…"`, 'input');
    if (answer.trim() !== '') answers.set(id, answer.trim());
  }
  return answers;
}

/** Asks what is still open; an empty line leaves it marked. */
async function ask(questions: readonly SpecQuestion[], answers: Map<string, string>): Promise<void> {
  const open = questions.filter(({ id, answer }) => answer === undefined && !answers.has(id));
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UserError('Unexpected --interactive without a terminal, expected somebody who can be asked', '--dry-run --json lists the questions; --set ID=ANSWER answers them', 'no-terminal');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  let isInterrupted = false;
  terminal.on('SIGINT', () => {
    isInterrupted = true;
    terminal.close();
  });
  // Lines are read as they come: what is pasted at once answers one question after the other.
  const lines = terminal[Symbol.asyncIterator]();
  for (const [index, { id, question }] of open.entries()) {
    process.stdout.write(`${index + 1} of ${open.length}: ${question}\n`);
    terminal.prompt();
    const { value, done } = await lines.next();
    if (done === true) break;
    if (value.trim() !== '') answers.set(id, value.trim());
  }
  terminal.close();
  if (isInterrupted) throw new UserError('Unexpected interruption, expected answers: nothing was written', 'an empty line leaves a question open; --set ID=ANSWER answers without asking', 'interrupted');
}
