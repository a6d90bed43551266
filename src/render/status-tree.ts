import type { NodeState } from '../workflow/node-status.ts';
import { mappingOf, type Claim, type Standing } from '../workflow/standing.ts';
import { textsIn } from '../workflow/task-tree.ts';
import { cut, fit, oneLine, WIDTH, widthOf, wrapped } from './columns.ts';
import type { Paint } from './paint.ts';
import { count } from './plain-text.ts';
import { ageText, byWeight, MARK_WIDTH, placeName, statusMark, statusWord, whereText } from './status-words.ts';

/** Columns of a node's line that its id and title keep, whatever is said of it. */
const LEAST_TITLE = 24;

/** The plan as a tree, each node with its status before it and who or what it is about after it. */
export function statusTree(standing: Standing, now: Date, paint: Paint): string[] {
  const claims = new Map(standing.claims.map((claim) => [claim.state, claim]));
  const apart = new Set(standing.united.diverged);
  const rails = new Map<NodeState['node'] | undefined, string>([[undefined, '']]);
  return standing.status.nodes.map((state) => {
    const { node } = state;
    const siblings = node.parent ? node.parent.children : standing.status.nodes.flatMap((one) => (one.node.parent ? [] : [one.node]));
    const isLast = siblings.at(-1) === node;
    const above = rails.get(node.parent) ?? '';
    rails.set(node, `${above}${isLast ? '   ' : '│  '}`);
    const title = typeof node.data.title === 'string' && node.data.title !== node.id ? oneLine(node.data.title) : '';
    const note = [...(apart.has(`nodes/${node.id}.md`) ? ['diverged'] : []), noteOf(state, claims.get(state), now)].filter((text) => text !== '').join(', ');
    return `${statusMark(state.status, paint)}  ${treeLine(`${above}${isLast ? '└─ ' : '├─ '}`, `${oneLine(node.id)}${title === '' ? '' : `  ${title}`}`, note, paint)}`;
  });
}

function treeLine(rail: string, name: string, note: string, paint: Paint): string {
  const room = WIDTH - MARK_WIDTH - 2 - widthOf(rail);
  const noteRoom = Math.max(0, room - 2 - Math.max(Math.min(LEAST_TITLE, widthOf(name)), room - 2 - widthOf(oneLine(note))));
  const shown = fit(note, Math.min(noteRoom, widthOf(oneLine(note))));
  const left = cut(name, shown === '' ? room : room - 2 - widthOf(shown));
  return `${rail}${left}${shown === '' ? '' : `  ${paint('dim', shown)}`}`;
}

/** Who is at it and where, or what it waits for. */
function noteOf(state: NodeState, claim: Claim | undefined, now: Date): string {
  if (state.record?.parsed.data === undefined && state.record) return 'its record cannot be read';
  if (claim) return [claim.by, ageText(claim.at === undefined ? undefined : new Date(claim.at), now), whereText(claim.sightings)].filter((text) => text !== '').join(', ');
  if (state.skippedFor !== undefined) return `while ${state.skippedFor} is escalated`;
  if (state.status === 'blocked') return `by ${state.blockedBy.map((path) => path.slice(path.lastIndexOf('/') + 1, -'.md'.length)).join(', ')}`;
  if (state.status === 'reopened') return `changed: ${state.changed.join(', ')}`;
  if (state.status === 'pending' && state.node.children.length === 0) return state.waitsFor.length > 0 ? `after ${state.waitsFor.join(', ')}` : '';
  if (state.status === 'complete' && state.node.children.length === 0) return state.life.verifiedBy === undefined ? '' : `checked by ${state.life.verifiedBy === 'pr' ? 'the forge' : state.life.verifiedBy}`;
  if (state.status === 'failed' && state.node.children.length === 0) return failureText(state);
  return state.node.data.type === 'human' || state.node.data.type === 'command' ? state.node.data.type : '';
}

/** How often it failed, and what was found last. */
function failureText({ record, life }: NodeState): string {
  const history: unknown = record?.data.history;
  const last = Array.isArray(history) ? history.findLast((entry) => mappingOf(entry).to === 'failed') : undefined;
  return `${life.failures}×: ${textsIn(mappingOf(last).findings).join('; ')}`;
}

/** A ticket's first lines: what it is for, how far it is, where, and what needs attention. */
export function ticketHead(standing: Standing, now: Date, paint: Paint): string[] {
  const { united, title, goal, why, settled, leaves, unplanned, rest, status } = standing;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['goal', goal === title ? undefined : goal],
    ['why', why],
    ['done', united.ticket.tasks ? `${settled} of ${leaves.length} nodes` : 'no plan yet'],
    ['now', currentText(standing, now)],
    ['where', placesText(standing)],
    ...united.lead.flatMap(({ kind, dirty, name }) => (kind === 'worktree' && dirty ? [['folder', name] as const] : [])),
    ['stuck', rest && `nothing has moved for ${count(rest.days, 'day')}; ${rest.where}`],
    ...united.diverged.map((path) => ['apart', divergedText(standing, path)] as const),
    ['not in plan', unplanned.length > 0 ? unplanned.join(', ') : undefined],
    ...status.nodes.flatMap(({ node, life, record }) => (life.problem && record?.isValid ? [['no law', `${node.id}: ${life.problem.message}`] as const] : [])),
  ];
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, text]) => wrapped(text, WIDTH - width - 4).map((line, index) => `  ${paint('dim', (index === 0 ? name : '').padEnd(width))}  ${line}`));
  return [`${paint('bold', united.id)}  ${fit(title, WIDTH - widthOf(united.id) - 2)}`, ...lines];
}

function currentText({ united, status, claims }: Standing, now: Date): string | undefined {
  const { current, byId } = status;
  if (united.ticket.archived) return 'finished, in the archive';
  const archivedBy = united.lead.length > 0 && current.node === undefined && current.reason === 'done' ? ': what is left is the archive' : '';
  if (current.node === undefined) return current.reason === 'empty' ? undefined : current.reason === 'done' ? `all nodes are done${archivedBy}` : `${current.reason}: ${current.on.join(', ')}`;
  const claim = claims.find(({ state }) => state.node.id === current.node);
  const word = statusWord(byId.get(current.node)?.status ?? 'ready');
  if (!claim) return `${current.node} is ${word}`;
  const age = ageText(claim.at === undefined ? undefined : new Date(claim.at), now);
  return `${current.node} is ${word}, started by ${claim.by}${age === '' ? '' : ` ${age} ago`} in ${whereText(claim.sightings)}`;
}

/** Branches and work trees that hold the most advanced state, and how many others hold any. */
function placesText({ united }: Standing): string {
  const lead = byWeight(united.lead);
  const named = [...new Set(lead.map((one) => whereText([one])))].slice(0, 6);
  const others = new Set(united.sightings.map(placeName)).size - new Set(lead.map(placeName)).size + Math.max(0, new Set(lead.map((one) => whereText([one]))).size - named.length);
  return `${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}${lead.some(({ dirty }) => dirty) ? ' (* not committed)' : ''}`;
}

function divergedText({ united }: Standing, path: string): string {
  const document = united.documents.get(path);
  const places = document ? [document, ...document.others].map(({ sightings }) => whereText(sightings)) : [];
  return `${path} is one thing in ${places.join(', another in ')}: merge them (git merge), then say what holds`;
}
