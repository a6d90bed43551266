import { UserError } from '../error.ts';
import { moment } from '../git/clock.ts';
import { optimise } from '../git/v8-flags.ts';
import { approvalLines } from '../render/approvals-text.ts';
import { historyLog } from '../render/history-log.ts';
import { painter } from '../render/paint.ts';
import { brokenText, statusTable } from '../render/status-table.ts';
import { statusTree, ticketHead } from '../render/status-tree.ts';
import { dotGraph, mermaidGraph } from '../render/ticket-graph.ts';
import { ticketReport } from '../render/ticket-report.ts';
import { caseTwin, contradicting, ticketCandidates, validTicket } from '../workflow/infer-ticket.ts';
import { standingOf, type Standing } from '../workflow/standing.ts';
import { ticketLog } from '../workflow/ticket-log.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { openRealm, ticketsEverywhere, type Everywhere, type Realm } from './everywhere.ts';
import { approvalsOf } from './status-approvals.ts';
import { entryJson, graphJson, summaryJson, ticketJson } from './status-json.ts';
import { choiceOf, nextOf } from './status-next.ts';
import { ticketClues } from './workspace.ts';

export type View = 'status' | 'tree' | 'log' | 'report' | 'graph';

export const VIEWS: readonly View[] = ['status', 'tree', 'log', 'report', 'graph'];

export const TICKET_OPTION: Command['options'] = {
  ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
};

export const ALL_OPTION: Command['options'] = {
  all: { type: 'boolean', help: 'every ticket, finished ones and those that only tags hold, too' },
};

/** What was asked for, gathered once: each view shows it. */
interface Scene {
  readonly realm: Realm;
  readonly invocation: Invocation;
  readonly all: Everywhere;
  readonly standings: readonly Standing[];
  /** The one ticket that is meant; undefined where it is all of them. */
  readonly one: Standing | undefined;
  readonly now: Date;
}

/** Answers `status` and its like: gathers over all branches and work trees, and shows it as it was asked for. */
export async function answerView(invocation: Invocation, view: View): Promise<Outcome> {
  // What is over in some hundred milliseconds only loses a core to the optimiser; `ticketsEverywhere` calls it back where there is much to read.
  optimise(false);
  const realm = openRealm(invocation);
  const asked = askedTicket(realm, invocation);
  const meant = asked.id;
  let all = await ticketsEverywhere(realm, { all: invocation.values.all === true, ...(meant !== undefined && { ticket: meant }) });
  if (meant !== undefined && all.tickets.length === 0) {
    all = await ticketsEverywhere(realm, { all: true });
    if (asked.isSaid) throw nowhere(meant, all, invocation.program);
    all = { ...all, tickets: all.tickets.filter(({ id }) => !all.finished.includes(id)) };
  }
  const now = moment();
  const standings = all.tickets.map((united) => standingOf(united, now));
  const isOne = meant !== undefined && standings.length === 1 && standings[0]?.united.id === meant;
  const scene: Scene = { realm, invocation, all, standings, one: isOne ? standings[0] : undefined, now };
  const outcome = await SHOWN[view](scene);
  if (!invocation.json) return outcome;
  const next = scene.one ? await nextOf(realm, invocation, scene.one) : await choiceOf(realm, invocation, standings);
  return next ? { ...outcome, json: { ...outcome.json, next_action: next } } : outcome;
}

const SHOWN: Readonly<Record<View, (scene: Scene) => Promise<Outcome>>> = { status: showStatus, tree: showTree, log: showLog, report: showReport, graph: showGraph };

/** `isSaid`: by the command line, not by where one stands. */
function askedTicket({ repository, settings }: Realm, invocation: Invocation): { readonly id: string | undefined; readonly isSaid: boolean } {
  const [given, extra] = invocation.positionals;
  const option = invocation.values.ticket;
  if (extra !== undefined || (given !== undefined && option !== undefined)) throw new UserError(`Unexpected ${JSON.stringify(extra ?? given)}, expected one ticket`, `${invocation.program} status ${String(option ?? given)}`, 'usage');
  const said = given ?? (typeof option === 'string' ? option : undefined);
  if (said !== undefined) return { id: validTicket(said, settings), isSaid: true };
  if (invocation.values.all === true || repository.root === undefined) return { id: undefined, isSaid: false };
  const [first, other] = ticketCandidates(ticketClues({ repository, settings }, invocation)).filter(({ from }) => from !== 'only');
  if (first && other) throw contradicting(first, other);
  return { id: first?.id, isSaid: false };
}

function nowhere(id: string, { tickets, holders }: Everywhere, program: string): UserError {
  const known = tickets.map((one) => one.id);
  const twin = caseTwin(id, known);
  if (twin !== undefined) return new UserError(`Unexpected ticket ${id}, expected ${twin} as its folder is named`, `--ticket ${twin}`, 'ticket-case');
  return new UserError(`Unexpected ticket ${id}, expected one that any of ${holders} branches and work trees holds`, `${program} status --all lists them; ${program} new spec --ticket ${id} --title "WHAT IT DELIVERS" begins it`, 'ticket-unknown');
}

async function showStatus(scene: Scene): Promise<Outcome> {
  const { realm, invocation, all, standings, one, now } = scene;
  const paint = painter(invocation.color);
  const facts = { trunk: all.trunk ?? null, holders: all.holders, broken: all.broken };
  if (one) {
    const approvals = approvalsOf(realm, one);
    return { exit: 0, json: { ...ticketJson(one, approvals), ...facts }, text: () => blocks([ticketHead(one, now, paint).join('\n'), statusTree(one, now, paint).join('\n'), approvalLines(approvals, paint).join('\n'), brokenText(all.broken, paint)]) };
  }
  return {
    exit: 0,
    json: { tickets: standings.map(summaryJson), finished: all.finished.length, ...facts },
    text: () => blocks([standings.length === 0 ? nothing(invocation.program) : statusTable(standings, now, paint), footer(scene), brokenText(all.broken, paint)]),
  };
}

function footer({ invocation, all, standings }: Scene): string {
  const dirty = standings.some(({ united }) => united.sightings.some((one) => one.dirty)) ? ['* not committed'] : [];
  const finished = invocation.values.all === true || all.finished.length === 0 ? [] : [`${all.finished.length} finished: ${invocation.program} status --all`];
  return [...dirty, ...finished].join('   ');
}

function nothing(program: string): string {
  return `no ticket is under way\n  ${program} new spec --ticket ID --title "WHAT IT DELIVERS" begins one`;
}

async function showTree(scene: Scene): Promise<Outcome> {
  const { invocation, all, now } = scene;
  const paint = painter(invocation.color);
  const chosen = chosenOf(scene);
  return {
    exit: 0,
    json: { tickets: chosen.map((one) => ticketJson(one, approvalsOf(scene.realm, one))), broken: all.broken },
    text: () => blocks([...chosen.map((one) => [headLine(one, paint), ...statusTree(one, now, paint)].join('\n')), ...(chosen.length === 0 ? [nothing(invocation.program)] : []), brokenText(all.broken, paint)]),
  };
}

async function showLog(scene: Scene): Promise<Outcome> {
  const { invocation, all } = scene;
  const paint = painter(invocation.color);
  const logs = chosenOf(scene).map((one) => ({ one, log: ticketLog(one) })).filter(({ log }) => log.length > 0);
  return {
    exit: 0,
    json: { order: 'causal', entries: logs.flatMap(({ log }) => log.map(entryJson)), broken: all.broken },
    text: () => blocks([...logs.map(({ one, log }) => `${headLine(one, paint)}\n${historyLog(log, paint)}`), ...(logs.length === 0 ? ['nothing has been done yet'] : []), brokenText(all.broken, paint)]),
  };
}

async function showReport(scene: Scene): Promise<Outcome> {
  const one = theOne(scene);
  const log = ticketLog(one);
  const approvals = approvalsOf(scene.realm, one);
  const report = ticketReport(one, log, approvals);
  return { exit: 0, json: { ...ticketJson(one, approvals), report, entries: log.map(entryJson), broken: scene.all.broken }, text: report };
}

async function showGraph(scene: Scene): Promise<Outcome> {
  const one = theOne(scene);
  const format = scene.invocation.values.dot === true ? 'dot' : 'mermaid';
  const graph = format === 'dot' ? dotGraph(one) : mermaidGraph(one);
  return { exit: 0, json: { ticket: one.united.id, format, graph, ...graphJson(one), broken: scene.all.broken }, text: graph };
}

function chosenOf({ one, standings }: Scene): readonly Standing[] {
  return one ? [one] : standings;
}

/** Throws a UserError where it is not clear which ticket is meant. */
function theOne({ one, standings, invocation }: Scene): Standing {
  const [first, second] = standings;
  if (one) return one;
  if (first && !second) return first;
  if (!first) throw new UserError('Unexpected absence of a ticket, expected one that a branch or a work tree holds', `${invocation.program} new spec --ticket ID --title "WHAT IT DELIVERS"`, 'ticket-missing');
  throw new UserError(`Unexpected ${standings.length} tickets (${standings.slice(0, 8).map(({ united }) => united.id).join(', ')}${standings.length > 8 ? ', …' : ''}), expected one`, `say which: --ticket ${first.united.id}`, 'ticket-ambiguous');
}

function headLine(standing: Standing, paint: ReturnType<typeof painter>): string {
  return ticketHead({ ...standing, goal: undefined, why: undefined }, new Date(0), paint)[0] ?? '';
}

/** Parts with an empty line between them. */
function blocks(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
