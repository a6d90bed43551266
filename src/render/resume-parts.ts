import type { Finding } from '../tree/finding.ts';
import { statusOf } from '../workflow/change-record.ts';
import type { Checkpoint } from '../workflow/checkpoint.ts';
import { isOpenFork } from '../workflow/fork.ts';
import { isStart } from '../workflow/node-record.ts';
import type { NodeState, TicketStatus } from '../workflow/node-status.ts';
import { saidLately } from '../workflow/recent.ts';
import { textsIn } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';
import { type DigestPart, fromStart } from './digest.ts';
import { oneLine } from './plain-text.ts';
import { shortTree } from './short-tree.ts';

export interface ResumeFacts {
  readonly ticket: Ticket;
  readonly status: TicketStatus;
  readonly checkpoints: readonly Checkpoint[];
  readonly findings: readonly Finding[];
  /** What other branches and work trees hold: see `elsewhereLines`. */
  readonly elsewhere: readonly string[];
  /** Lines of the lessons in CONTINUITY.md, and the command that prints it; undefined where there are none. */
  readonly lessons: { readonly lines: readonly string[]; readonly more: string } | undefined;
  /** How treework is called here. */
  readonly program: string;
  /** A path as commands name it that are run where treework was called. */
  readonly fromHere: (path: string) => string;
}

/** What a line of a digest may hold, in characters. */
const [SHORT, LONG] = [200, 600];
const MOST_SAID = 12;

/** What somebody has to know who takes a ticket up again, the most urgent first. */
export function resumeParts(facts: ResumeFacts): DigestPart[] {
  const { ticket, status, elsewhere, findings, checkpoints, lessons, program, fromHere } = facts;
  const said = saidLately(ticket, status);
  const on = `--ticket ${ticket.id}`;
  return [
    { title: 'Now', share: 0.2, more: `${program} status ${on}`, take: fromStart(nowLines(facts)) },
    { title: 'Held up and undecided', share: 0.1, more: `${program} status ${on}`, take: fromStart(heldUp(ticket)) },
    { title: 'Elsewhere', share: 0.1, more: `${program} status ${on}`, take: fromStart(elsewhere) },
    { title: 'Checkpoints', share: 0.18, more: `cat ${fromHere(`${ticket.folder}/checkpoints`)}/*.md`, take: fromStart(checkpoints.map((one, index) => checkpointLine(one, index === 0 ? LONG : SHORT))) },
    { title: planTitle(status), share: 0.2, more: `${program} tree ${on}`, take: (budget) => shortTree(status, budget) },
    { title: 'Last said', share: 0.12, more: `${program} log ${on}`, take: fromStart(said.slice(0, MOST_SAID).map(({ at, what, to, by, text }) => oneLine(`- ${at} ${what}: ${to}${by === '' ? '' : ` by ${by}`}${text === undefined ? '' : `: ${text}`}`, SHORT)), said.length) },
    { title: 'Findings', share: 0.06, more: `${program} check ${fromHere(ticket.folder)}`, take: fromStart(findings.map(({ path, line, severity, rule, message }) => oneLine(`- ${path}:${line} ${severity} ${rule}: ${message}`, SHORT))) },
    ...(lessons ? [{ title: 'Lessons', share: 0.06, more: lessons.more, take: fromStart(lessons.lines.map((line) => oneLine(line, SHORT))) }] : []),
  ];
}

/** `Plan: 40 nodes, 12 complete, 2 in_progress`; of leaves. */
function planTitle({ nodes }: TicketStatus): string {
  const counts = new Map<string, number>();
  const leaves = nodes.filter(({ node }) => node.children.length === 0);
  for (const { status } of leaves) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `Plan: ${leaves.length} ${leaves.length === 1 ? 'node' : 'nodes'}${[...counts].map(([status, count]) => `, ${count} ${status}`).join('')}`;
}

function nowLines(facts: ResumeFacts): string[] {
  const { status: { nodes, byId, current }, ticket, program } = facts;
  if (ticket.tasks === undefined) return [ticket.spec ? `- no tasks.md yet: the spec (${ticket.spec.path}) is free to change` : '- no spec.md yet'];
  const here = current.node === undefined ? undefined : byId.get(current.node);
  const others = nodes.filter((state) => state !== here && state.node.children.length === 0 && isInHand(state));
  const none = here ? [] : [current.reason === 'done' ? '- every node is settled' : `- no node can be worked on (${current.reason}): ${oneLine('on' in current ? current.on.join(', ') : '', SHORT)}`];
  return [...none, ...(here ? nodeLines(here, `${program} context ${here.node.id} --ticket ${ticket.id}`) : []), ...others.map((state) => `- also ${claimOf(state)}`)];
}

function isInHand({ status }: NodeState): boolean {
  return status === 'in_progress' || status === 'awaiting-qa' || status === 'failed' || status === 'escalated';
}

function nodeLines(state: NodeState, read: string): string[] {
  const { node, life, record } = state;
  const scope = textsIn(node.data.scope);
  const findings = life.standing === 'failed' ? lastFindings(record?.data.history) : [];
  return [
    `- ${claimOf(state)}`,
    ...(scope.length === 0 ? [] : [`  scope: ${oneLine(scope.join(', '), SHORT)}`]),
    ...(node.data.plan === 'required' ? ['  🗺️ plan required: an approved plan in .plans/ before a new file'] : []),
    ...findings.map((finding) => `  found: ${oneLine(finding, SHORT)}`),
    `  read: ${read}`,
  ];
}

function claimOf({ node, status, life, record }: NodeState): string {
  const title = typeof node.data.title === 'string' && node.data.title !== node.id ? ` (${node.data.title})` : '';
  const since = startedAt(record?.data.history);
  const claim = life.starts > 0 && status !== 'ready' ? ` by ${life.implementers.at(-1) ?? '?'}${since === '' ? '' : ` since ${since}`}${life.wave === undefined ? '' : `, wave ${life.wave}`}${life.starts > 1 ? `, attempt ${life.starts}` : ''}` : '';
  return oneLine(`${node.id}${title}: ${status}${claim}`, SHORT);
}

function startedAt(history: unknown): string {
  const last: unknown = Array.isArray(history) ? history.findLast(isStart) : undefined;
  const at = (last as { at?: unknown } | undefined)?.at;
  return typeof at === 'string' ? at : '';
}

function lastFindings(history: unknown): string[] {
  const last: unknown = Array.isArray(history) ? history.findLast((entry) => (entry as { to?: unknown } | null)?.to === 'failed') : undefined;
  return textsIn((last as { findings?: unknown } | undefined)?.findings);
}

function heldUp(ticket: Ticket): string[] {
  const forks = ticket.forks.filter((fork) => isOpenFork(ticket, fork)).map(({ path, data }) => `- fork ${path}: ${said(data.reason)}; ${said(data.sub_workflow)} first, then ${said(data.return_to)}`);
  const changes = ticket.changes.filter((record) => statusOf(record) === 'proposed').map(({ path, data }) => `- proposed ${said(data.impact)} change ${path}: ${said(data.title)}${textsIn(data.blocks).length > 0 ? `; holds up ${textsIn(data.blocks).join(', ')}` : ''}`);
  return [...forks, ...changes].map((line) => oneLine(line, SHORT));
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function checkpointLine({ path, by, at, node, tokens, done, next }: Checkpoint, most: number): string {
  const facts = [...(node === undefined ? [] : [`node ${node}`]), ...(tokens === undefined ? [] : [`at ${tokens} tokens`])].join(', ');
  const told = [...(done === undefined ? [] : [`done: ${done}`]), ...(next === undefined ? [] : [`next: ${next}`])].join(' | ');
  return oneLine(`- ${by}, ${at}${facts === '' ? '' : `, ${facts}`} (${path.slice(path.lastIndexOf('/') + 1)})${told === '' ? '' : `: ${told}`}`, most);
}
