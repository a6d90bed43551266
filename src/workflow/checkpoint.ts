import { sectionNamed, sectionsOf } from '../documents/sections.ts';
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
