import { beginOf, isFirst } from '../git/session-marks.ts';
import { linesFromEnd } from '../git/file-end.ts';
import { contextTokens } from '../workflow/context-tokens.ts';
import { NOTHING, SAVE, telling, WARN, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { openWorkspace, ticketMeant, type Workspace } from './workspace.ts';

/** What of a transcript is looked at: the last answers are at its end. */
const MOST_BYTES = 4_000_000;

/** After tools were used: says once when the context fills up, and saves a checkpoint once when it is full. */
export async function afterTools(input: AgentInput, program: string): Promise<AgentAnswer> {
  const { session, transcript } = input;
  if (session === undefined || transcript === undefined || typeof input.raw.agent_id === 'string') return NOTHING;
  const tokens = contextTokens(linesFromEnd(transcript, MOST_BYTES));
  if (tokens === undefined) return NOTHING;
  const workspace = openWorkspace({ cwd: input.cwd, program });
  const { warn, checkpoint } = workspace.settings.context;
  // A client may write down late what it has compacted and what came after: what was full is not the context of now.
  const begin = tokens < warn ? 0 : beginOf(workspace.repository, session);
  if (begin > 0 && contextTokens(linesFromEnd(transcript, MOST_BYTES, begin)) !== tokens) return NOTHING;
  const event = String(input.raw.hook_event_name ?? 'PostToolBatch');
  if (tokens >= checkpoint) return isFirst(workspace.repository, session, SAVE) ? telling(event, await saved(workspace, input, program, tokens)) : NOTHING;
  if (tokens < warn || !isFirst(workspace.repository, session, WARN)) return NOTHING;
  return telling(event, `The context holds ${tokens} tokens; at ${checkpoint} treework saves a checkpoint. What only this session knows can be kept now: ${program} checkpoint --done "WHAT IS DONE" --next "WHAT COMES NEXT" --commit`);
}

/** Before a compaction: what the records do not say would be lost. The same words twice change nothing. */
export async function beforeCompaction(input: AgentInput, program: string): Promise<AgentAnswer> {
  const workspace = openWorkspace({ cwd: input.cwd, program });
  await saveQuietly(workspace, input, program, undefined);
  return NOTHING;
}

async function saved(workspace: Workspace, input: AgentInput, program: string, tokens: number): Promise<string> {
  const path = await saveQuietly(workspace, input, program, tokens);
  const kept = path === undefined ? 'There is no ticket in hand to keep a checkpoint in.' : `A checkpoint of the records is in ${path}; what only this session knows is added by ${program} checkpoint --done "WHAT IS DONE" --next "WHAT COMES NEXT" --commit.`;
  return `The context holds ${tokens} tokens. ${kept} ${program} resume tells a fresh session where this one was.`;
}

/** Where the checkpoint is; undefined where no ticket is in hand, or where it could not be written. */
async function saveQuietly(workspace: Workspace, input: AgentInput, program: string, tokens: number | undefined): Promise<string | undefined> {
  const { id, isArchived } = ticketMeant(workspace, { values: {} });
  if (id === undefined || isArchived) return undefined;
  const invocation = { values: { ticket: id }, positionals: [], cwd: input.cwd, json: true, program, color: false };
  const { saveCheckpoint } = await import('./checkpoint-ticket.ts');
  const { json } = await saveCheckpoint(workspace, invocation, tokens);
  return typeof json.path === 'string' ? json.path : undefined;
}
