import { archivedFolder, ticketFolder } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { PickedTree } from '../tree/picked-tree.ts';
import type { Oid } from '../tree/tree.ts';
import { firstProblem } from './first-problem.ts';
import { newStore, Snapshot, type GovernedDocument } from './snapshot.ts';
import { stable } from './stable.ts';
import { taskNodes } from './task-tree.ts';
import { ticketIn, type Ticket } from './ticket.ts';

/** Who holds a state of a ticket. */
export interface Sighting {
  readonly kind: 'branch' | 'remote' | 'tag' | 'worktree';
  /** Full name of the ref; of a work tree its folder, absolute. */
  readonly name: string;
  /** Of a work tree: full name of the branch that is checked out there. */
  readonly branch: string | undefined;
  /** A work tree where something of this ticket is not committed. */
  readonly dirty: boolean;
  readonly isTrunk: boolean;
  /** Whether the branch's name carries the ticket's id. */
  readonly isOwn: boolean;
}

/** One state of a ticket's folder. */
export interface TicketState {
  /** The folder as its holders have it. */
  readonly path: string;
  readonly archived: boolean;
  readonly sightings: readonly Sighting[];
  /** By path in the folder. */
  readonly files: ReadonlyMap<string, Oid>;
}

/** A document that cannot be relied on, somewhere. */
export interface BrokenDocument {
  /** Full name of a ref, or the folder of a work tree; the first that holds it. */
  readonly where: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** One content of a document, and who holds it. */
export interface DocumentVersion {
  readonly document: GovernedDocument;
  readonly sightings: readonly Sighting[];
}

/** A document as the union has it. */
export interface UnitedDocument extends DocumentVersion {
  /** Where histories went apart: the other contents that nothing continues. Empty where one continues all. */
  readonly others: readonly DocumentVersion[];
}

/** A ticket as all its holders together have it. */
export interface UnitedTicket {
  readonly id: string;
  /** The union as a ticket: what derives anything from a ticket works on it unchanged. */
  readonly ticket: Ticket;
  /** Those who hold it, the most advanced first. */
  readonly sightings: readonly Sighting[];
  /** Those who hold its most advanced state. */
  readonly lead: readonly Sighting[];
  /** By path in the folder: node records, change records, forks, texts. */
  readonly documents: ReadonlyMap<string, UnitedDocument>;
  /** Paths in the folder of records whose histories went apart. */
  readonly diverged: readonly string[];
  readonly broken: readonly BrokenDocument[];
}

/** What the union of all tickets is made with. */
export interface UnionOptions {
  readonly settings: Settings;
  readonly read: (oid: Oid) => Buffer | undefined;
  /** Folders of tickets whose files are not looked into, such as archived ones: a fork asks for them. */
  readonly folders: readonly string[];
}

/** A ticket to unite, with all its states. */
export interface TicketStates {
  readonly id: string;
  /** Whether the union stands in the archive. */
  readonly archived: boolean;
  readonly states: readonly TicketState[];
}

/**
 * Unites tickets over all their states, as a merge of all holders would. Of a record (a node's, a
 * change) the one whose history continues all the others counts; where none does, it is the one of
 * the most advanced state, and the others are named. Of a text (spec.md, tasks.md) it is the one of
 * the most advanced state. Advanced is who holds the most entries of histories; then an archived
 * folder, then a branch that carries the ticket's id, then more nodes in tasks.md, then the trunk.
 */
export function uniteTickets(tickets: readonly TicketStates[], options: UnionOptions): UnitedTicket[] {
  const store = newStore();
  const versions = new Snapshot(new PickedTree('versions', [], options.read), options.settings, store);
  const drafts = tickets.map((one) => draftOf(one, one.archived ? archivedFolder(options.settings, one.id) : ticketFolder(options.settings, one.id), options, versions));
  const files = drafts.flatMap(({ folder, documents }) => [...documents].map(([inside, { document }]) => [`${folder}/${inside}`, document.oid] as const));
  const snapshot = new Snapshot(new PickedTree('union', files, options.read, options.folders), options.settings, store);
  return drafts.map(({ one, folder, ranked, documents, broken }) => ({
    id: one.id,
    ticket: ticketIn(snapshot, folder, one.id, one.archived),
    get sightings() {
      return ranked.flatMap(({ sightings }) => sightings);
    },
    lead: ranked[0]?.sightings ?? [],
    documents,
    diverged: [...documents].flatMap(([inside, { others }]) => (others.length > 0 ? [inside] : [])),
    broken,
  }));
}

interface Draft {
  readonly one: TicketStates;
  readonly folder: string;
  readonly ranked: readonly TicketState[];
  readonly documents: ReadonlyMap<string, UnitedDocument>;
  readonly broken: readonly BrokenDocument[];
}

/** One content of one path, and the states that have it. */
interface Version {
  readonly document: GovernedDocument;
  readonly states: TicketState[];
  /** How many entries its history has; undefined where the document cannot be relied on. */
  readonly length: number | undefined;
}

function draftOf(one: TicketStates, folder: string, options: UnionOptions, versions: Snapshot): Draft {
  const broken: BrokenDocument[] = [];
  const byPath = new Map<string, Map<Oid, Version | undefined>>();
  for (const state of one.states) {
    for (const [inside, oid] of state.files) {
      let known = byPath.get(inside);
      if (!known) byPath.set(inside, (known = new Map<Oid, Version | undefined>()));
      if (known.has(oid)) known.get(oid)?.states.push(state);
      else known.set(oid, versionOf(`${folder}/${inside}`, inside, oid, state, options, versions, broken));
    }
  }
  const ranked = rank(one.states, byPath);
  const documents = new Map<string, UnitedDocument>();
  for (const [inside, known] of byPath) {
    const united = unite([...known.values()].filter((version) => version !== undefined), ranked);
    if (united) documents.set(inside, united);
  }
  return { one, folder, ranked, documents, broken };
}

/** undefined where there is no content, or the path is no document's. */
function versionOf(path: string, inside: string, oid: Oid, state: TicketState, { read }: UnionOptions, snapshot: Snapshot, broken: BrokenDocument[]): Version | undefined {
  const where = state.sightings[0]?.name ?? '';
  const bytes = read(oid);
  if (!bytes) {
    broken.push({ where, path: `${state.path}/${inside}`, line: 1, message: 'Unexpected absence of the content, expected what the tree names: git fsck says more' });
    return undefined;
  }
  const document = snapshot.versionOf(path, oid, bytes);
  if (!document) return undefined;
  const problem = firstProblem(document);
  if (problem) broken.push({ where, path: `${state.path}/${inside}`, ...problem });
  const history: unknown = document.data.history;
  return { document, states: [state], length: document.parsed.data === undefined ? undefined : Array.isArray(history) ? history.length : 0 };
}

/** The states, the most advanced first. */
function rank(states: readonly TicketState[], byPath: ReadonlyMap<string, ReadonlyMap<Oid, Version | undefined>>): TicketState[] {
  if (states.length < 2) return [...states];
  const weights = new Map(states.map((state) => [state, weightOf(state, byPath)] as const));
  return [...states].sort((a, b) => {
    const [left, right] = [weights.get(a) as readonly number[], weights.get(b) as readonly number[]];
    for (const [index, weight] of left.entries()) if (weight !== right[index]) return (right[index] as number) - weight;
    return (a.sightings[0]?.name ?? '') < (b.sightings[0]?.name ?? '') ? -1 : 1;
  });
}

function weightOf(state: TicketState, byPath: ReadonlyMap<string, ReadonlyMap<Oid, Version | undefined>>): readonly number[] {
  let entries = 0;
  for (const [inside, oid] of state.files) entries += byPath.get(inside)?.get(oid)?.length ?? 0;
  const tasks = byPath.get('tasks.md')?.get(state.files.get('tasks.md') ?? '')?.document;
  const has = (holds: (sighting: Sighting) => boolean) => (state.sightings.some(holds) ? 1 : 0);
  return [entries, state.archived ? 1 : 0, has(({ isOwn }) => isOwn), tasks?.isValid ? taskNodes(tasks.data).length : 0, has(({ dirty }) => dirty), has(({ isTrunk }) => isTrunk)];
}

/** The version that counts: unreadable ones only where there is no other. */
function unite(versions: readonly Version[], ranked: readonly TicketState[]): UnitedDocument | undefined {
  const readable = versions.filter(({ length }) => length !== undefined);
  const candidates = readable.length > 0 ? readable : versions;
  if (candidates.length < 2) return candidates[0] && new Seen(candidates[0], []);
  const places = new Map(ranked.map((state, index) => [state, index] as const));
  const placeOf = ({ states }: Version) => Math.min(...states.map((state) => places.get(state) ?? Number.POSITIVE_INFINITY));
  const histories = candidates.map((version) => ({ version, entries: entriesOf(version.document) }));
  const last = histories.filter((one) => !histories.some((other) => continues(other, one)));
  const [best, ...rest] = last.sort((a, b) => savedAt(b.version) - savedAt(a.version) || placeOf(a.version) - placeOf(b.version));
  // Equal histories are one, whatever else the documents say.
  const others = rest.filter((one) => best !== undefined && !isBeginning(one.entries, best.entries));
  return best && new Seen(best.version, others.map(({ version }) => new Seen(version, [])));
}

/** A checkpoint has no history: of what one actor saved in several places the latest counts. */
function savedAt({ document }: Version): number {
  const time = document.place.kind === 'checkpoint' ? Date.parse(String(document.data.at)) : 0;
  return Number.isNaN(time) ? 0 : time;
}

interface History {
  readonly version: Version;
  /** Each as text that is equal for equal entries. */
  readonly entries: readonly string[];
}

function entriesOf({ data }: GovernedDocument): string[] {
  return Array.isArray(data.history) ? data.history.map(stable) : [];
}

/** Whether one history goes on after the whole of the other; a fork that was given up goes on after the open one. */
function continues(later: History, earlier: History): boolean {
  if (later.entries.length > earlier.entries.length) return isBeginning(earlier.entries, later.entries);
  const [now, then] = [later.version.document, earlier.version.document];
  return now.place.kind === 'fork' && now.data.abandoned !== undefined && then.data.abandoned === undefined;
}

function isBeginning(shorter: readonly string[], longer: readonly string[]): boolean {
  return shorter.length <= longer.length && shorter.every((entry, index) => entry === longer[index]);
}

/** A class for its getter: a text that two hundred branches have alike is rarely asked who has it. */
class Seen implements UnitedDocument {
  readonly document: GovernedDocument;
  readonly others: readonly DocumentVersion[];
  readonly #states: readonly TicketState[];

  constructor({ document, states }: Version, others: readonly DocumentVersion[]) {
    this.document = document;
    this.others = others;
    this.#states = states;
  }

  get sightings(): readonly Sighting[] {
    return this.#states.flatMap(({ sightings }) => sightings);
  }
}
