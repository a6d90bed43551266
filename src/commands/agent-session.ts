import { parseDocument } from '../documents/parse.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import { placeOf } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import { forgetSession } from '../git/session-marks.ts';
import { oneLine } from '../render/plain-text.ts';
import { fittingNotes, type Note } from '../workflow/fitting-notes.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, textsIn } from '../workflow/task-tree.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import { NOTHING, telling, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { THRESHOLDS } from './agent-thresholds.ts';
import { keepDenied } from './init-agents.ts';
import { command as resume } from './resume.ts';
import { openWorkspace, ticketMeant, type Workspace } from './workspace.ts';

/** The digest and the notes together stay below 2,000 tokens of four bytes. */
const MOST = 8000;
const MOST_NOTES = 5;
const SHORT = 160;

/** At the start of a session, and when a compaction has taken its memory: where the work stands, as facts. */
export async function sessionStart(input: AgentInput, program: string): Promise<AgentAnswer> {
  const workspace = openWorkspace({ cwd: input.cwd, program });
  // What was said of a full context is to be said again of the next one.
  if (input.session !== undefined && input.raw.source !== 'resume') forgetSession(workspace.repository, input.session, THRESHOLDS);
  denyFrozen(workspace);
  const said = await resume.run({ values: {}, positionals: [], cwd: input.cwd, json: true, program, color: false });
  const digest = typeof said.text === 'string' ? said.text : said.text();
  if (!isWorthTelling(said.json)) return NOTHING;
  const notes = notesText(workspace);
  const head = `treework keeps the state of the work in this repository (${program} next says the one next step).`;
  const text = [head, digest.trimEnd(), ...(notes === '' ? [] : [notes])].join('\n\n');
  return telling('SessionStart', Buffer.byteLength(text) <= MOST ? text : [head, digest.trimEnd()].join('\n\n').slice(0, MOST));
}

/** Settings of the client that cannot be read are doctor's to name: the digest is told all the same. */
function denyFrozen({ repository }: Workspace): void {
  try {
    keepDenied(repository);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** A repository without any ticket has nothing to tell. */
function isWorthTelling(json: Readonly<Record<string, unknown>>): boolean {
  return json.ticket !== undefined || (Array.isArray(json.sections) && json.sections.length > 0);
}

/** Notes whose tags and title fit the ticket in hand. */
function notesText(workspace: Workspace): string {
  const { repository: { workRoot, objectFormat }, settings } = workspace;
  const kind = settings.kinds.find(({ name }) => name === 'knowledge');
  const { id } = ticketMeant(workspace, { values: {} });
  if (!kind || id === undefined) return '';
  const tree = new FileTree(workRoot, { objectFormat });
  const notes: Note[] = tree.walk([staticPrefix(kind.path)]).flatMap(({ path, type }) => {
    const bytes = type === 'file' && placeOf(settings, path)?.kind === 'knowledge' ? tree.read(path) : undefined;
    const data = bytes && parseDocument(bytes).data;
    return data ? [{ path, data }] : [];
  });
  const ticket = notes.length === 0 ? undefined : ticketAnywhere(new Snapshot(tree, settings), id);
  if (!ticket) return '';
  const nodes = taskNodes(ticket.tasks?.data ?? {});
  const goal = (ticket.tasks?.data.goal ?? {}) as { title?: unknown; why?: unknown };
  const words = [ticket.spec?.data.title, goal.title, goal.why, ...nodes.map(({ data }) => data.title)].filter((text): text is string => typeof text === 'string');
  const paths = nodes.flatMap(({ data }) => (Array.isArray(data.scope) ? textsIn(data.scope) : []));
  const fitting = fittingNotes(notes, { ticket: id, words, paths }, MOST_NOTES);
  return fitting.length === 0 ? '' : ['What was learnt before, and fits:', ...fitting.map(({ path, data }) => `- ${oneLine(String(data.title ?? path), SHORT)} (${path})`)].join('\n');
}
