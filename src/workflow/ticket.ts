import { hash } from '../documents/digest.ts';
import { archivedFolder, ticketFolder } from '../documents/place.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';

/** A ticket's folder in one snapshot. Documents are parsed when asked for. */
export interface Ticket {
  readonly id: string;
  readonly folder: string;
  readonly archived: boolean;
  readonly snapshot: Snapshot;
  readonly spec: GovernedDocument | undefined;
  readonly tasks: GovernedDocument | undefined;
  /** Change records in the order of the fold: number, then slug. */
  readonly changes: readonly GovernedDocument[];
  readonly nodes: readonly GovernedDocument[];
  /**
   * Those of `nodes` that a rule which judges them one by one has to judge: all of them, but where
   * nothing else that it reads is other than in a parent, those that are.
   */
  readonly nodesToJudge: readonly GovernedDocument[];
  /** Whether a parent has all else that the rule reads just so: its verdict on that stands. */
  readonly isRestJudged: boolean;
  /** In the order of number, then slug. */
  readonly forks: readonly GovernedDocument[];
}

/** Paths that hold a ticket's state: texts, and the folders of its records. */
export function ticketPaths(folder: string): string[] {
  return [folder, `${folder}/README.md`, `${folder}/spec.md`, `${folder}/tasks.md`, `${folder}/changes`, `${folder}/nodes`, `${folder}/forks`];
}

/** The ticket in a folder; it may be partly or wholly absent there. */
export function ticketIn(snapshot: Snapshot, folder: string, id: string, archived: boolean): Ticket {
  return new TicketIn(snapshot, folder, id, archived);
}

/** A class for its getters: those of an object literal cost closures and long-lived memory, ticket by ticket. */
class TicketIn implements Ticket {
  readonly snapshot: Snapshot;
  readonly folder: string;
  readonly id: string;
  readonly archived: boolean;
  /** null: known to be absent. */
  #spec: GovernedDocument | null | undefined;
  #tasks: GovernedDocument | null | undefined;
  #changes: readonly GovernedDocument[] | undefined;
  #nodes: readonly GovernedDocument[] | undefined;
  #forks: readonly GovernedDocument[] | undefined;

  constructor(snapshot: Snapshot, folder: string, id: string, archived: boolean) {
    this.snapshot = snapshot;
    this.folder = folder;
    this.id = id;
    this.archived = archived;
  }

  get spec(): GovernedDocument | undefined {
    if (this.#spec === undefined) this.#spec = this.snapshot.document(`${this.folder}/spec.md`) ?? null;
    return this.#spec ?? undefined;
  }

  get tasks(): GovernedDocument | undefined {
    if (this.#tasks === undefined) this.#tasks = this.snapshot.document(`${this.folder}/tasks.md`) ?? null;
    return this.#tasks ?? undefined;
  }

  get changes(): readonly GovernedDocument[] {
    this.#changes ??= this.snapshot.documentsIn(`${this.folder}/changes`).sort(byNumberThenSlug);
    return this.#changes;
  }

  get nodes(): readonly GovernedDocument[] {
    this.#nodes ??= this.snapshot.documentsIn(`${this.folder}/nodes`);
    return this.#nodes;
  }

  get isRestJudged(): boolean {
    return false;
  }

  get nodesToJudge(): readonly GovernedDocument[] {
    return this.nodes;
  }

  get forks(): readonly GovernedDocument[] {
    this.#forks ??= this.snapshot.documentsIn(`${this.folder}/forks`).sort(byNumberThenSlug);
    return this.#forks;
  }
}

/** The ticket of an id wherever it stands, in its own folder or archived; undefined when nowhere. */
export function ticketAnywhere(snapshot: Snapshot, id: string): Ticket | undefined {
  const { settings, tree } = snapshot;
  const [open, archived] = [ticketFolder(settings, id), archivedFolder(settings, id)];
  for (const folder of [open, archived]) if (tree.entry(folder)?.type === 'directory') return ticketIn(snapshot, folder, id, folder === archived);
  return undefined;
}

/** The digest that tasks.md pins: undefined while the spec is not frozen or tasks.md says none. */
export function pinOf(tasks: Pick<GovernedDocument, 'data'> | undefined): string | undefined {
  const pin = tasks?.data.spec;
  return typeof pin === 'string' && pin !== '' ? pin : undefined;
}

/** The digest of a spec's bytes with CRLF read as LF, as `sha256:<hex>`. */
export function specDigest(bytes: Buffer): string {
  return hash(bytes.includes('\r\n') ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : bytes);
}

/** The number in a record's file name; NaN when there is none. */
function recordNumber(name: string): number {
  return Number.parseInt(name, 10);
}

function byNumberThenSlug(a: GovernedDocument, b: GovernedDocument): number {
  const [left, right] = [a.place.name ?? '', b.place.name ?? ''];
  return recordNumber(left) - recordNumber(right) || (left < right ? -1 : 1);
}
