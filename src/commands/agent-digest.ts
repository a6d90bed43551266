import { parseDocument } from '../documents/parse.ts';
import { staticPrefix } from '../documents/path-pattern.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import type { Listener } from '../git/told-recall.ts';
import { rememberTold } from '../git/told-record.ts';
import { oneLine } from '../render/plain-text.ts';
import { continuityPath } from '../workflow/continuity.ts';
import { fittingNotes, type Note } from '../workflow/fitting-notes.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, textsIn } from '../workflow/task-tree.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';
import type { AgentInput } from './agent-event.ts';
import { keepDenied } from './init-agents.ts';
import { resumeIn } from './resume.ts';
import { openWorkspace, ticketMeant, type Beyond, type Workspace } from './workspace.ts';

/** The digest and the notes together stay below 2,000 tokens of four bytes. */
const MOST = 8000;
const MOST_NOTES = 5;
const SHORT = 160;

/** Where the work stands, as facts, read from the records; remembered for the next session that finds everything as it was. */
export async function sessionDigest({ cwd }: AgentInput, listener: Listener): Promise<string> {
  const since = Date.now();
  const beyond: Beyond = { questions: [], files: new Set(), folders: new Set(), isOpen: false };
  const workspace: Workspace = { ...openWorkspace(listener), beyond };
  denyFrozen(workspace);
  const text = await digestText(workspace, cwd, listener.program);
  const { repository, settings } = workspace;
  const { operations } = settings.layout;
  const others = [...beyond.files, '.treework/agents.json', '.claude/settings.local.json', ...[continuityPath(settings)].flatMap((path) => path ?? [])];
  if (!beyond.isOpen) rememberTold(repository, { since, listener, roots: [...governedRoots(settings), ...(operations === undefined ? [] : [operations])], others, folders: [...beyond.folders], questions: beyond.questions, text });
  return text;
}

async function digestText(workspace: Workspace, cwd: string, program: string): Promise<string> {
  const said = await resumeIn(workspace, { values: {}, positionals: [], cwd, json: true, program, color: false });
  const digest = typeof said.text === 'string' ? said.text : said.text();
  if (!isWorthTelling(said.json)) return '';
  const notes = notesText(workspace);
  const head = `treework keeps the state of the work in this repository (${program} next says the one next step).`;
  const text = [head, digest.trimEnd(), ...(notes === '' ? [] : [notes])].join('\n\n');
  return Buffer.byteLength(text) <= MOST ? text : [head, digest.trimEnd()].join('\n\n').slice(0, MOST);
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
