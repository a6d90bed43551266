import { hash } from '../documents/digest.ts';
import { sectionNamed, sectionsOf } from '../documents/sections.ts';
import { actorKey } from './node-record.ts';
import type { GovernedDocument } from './snapshot.ts';
import type { Ticket } from './ticket.ts';

/** What one actor knew when its context was full. */
export interface Checkpoint {
  readonly path: string;
  readonly by: string;
  /** ISO 8601 as written. */
  readonly at: string;
  readonly node: string | undefined;
  readonly tokens: number | undefined;
  /** Texts of the sections Done and Next; undefined where there is none. */
  readonly done: string | undefined;
  readonly next: string | undefined;
}

/** The checkpoints of a ticket, the latest first as their times tell; of the same time by path. */
export function checkpointsOf({ snapshot, folder }: Pick<Ticket, 'snapshot' | 'folder'>): Checkpoint[] {
  const checkpoints = snapshot.documentsIn(`${folder}/checkpoints`).map(checkpointOf);
  return checkpoints.sort((a, b) => timeOf(b.at) - timeOf(a.at) || (a.path < b.path ? -1 : 1));
}

function checkpointOf(document: GovernedDocument): Checkpoint {
  const { by, at, node, tokens } = document.data;
  const sections = sectionsOf(document.outline());
  const body = sections.length === 0 ? document.parsed.body.trim() : '';
  const said = (name: string) => sectionNamed(sections, name)?.text || undefined;
  return { path: document.path, by: textOf(by) ?? '', at: textOf(at) ?? '', node: textOf(node), tokens: typeof tokens === 'number' ? tokens : undefined, done: said('Done') ?? (body || undefined), next: said('Next') };
}

function timeOf(at: string): number {
  const time = Date.parse(at);
  return Number.isNaN(time) ? 0 : time;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Bytes of a name before the digest. */
const LONGEST = 60;
/** Devices of Windows, which no file may be called. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * The name, without `.md`, of the file that is an actor's own: its name where that is one of small
 * letters, digits and hyphens, else what can be told of it and ten digits of its sha256. Two actors never
 * share one: what looks like a name with digits gets digits too. Case and blanks around do not count.
 */
export function checkpointName(actor: string): string {
  const key = actorKey(actor);
  const isPlain = key.length <= LONGEST && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && !DEVICE.test(key);
  if (isPlain) return key;
  const told = key.normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-/, '').slice(0, LONGEST).replace(/-$/, '');
  return `${told === '' ? 'actor' : told}-${hash(Buffer.from(key)).slice('sha256:'.length, 'sha256:'.length + 10)}`;
}
