import type { Sighting } from '../workflow/everywhere.ts';
import type { NodeStatus } from '../workflow/node-status.ts';
import { oneLine } from './columns.ts';
import type { Paint } from './paint.ts';

/** A sign, the word that says the same, and the style that is never all there is. */
const STATUS: Readonly<Record<NodeStatus, readonly [sign: string, word: string, style: Parameters<Paint>[0] | undefined]>> = {
  complete: ['✓', 'complete', 'green'],
  in_progress: ['●', 'in progress', 'yellow'],
  'awaiting-qa': ['?', 'awaiting QA', 'yellow'],
  ready: ['○', 'ready', 'cyan'],
  reopened: ['↻', 'reopened', 'yellow'],
  pending: ['·', 'pending', 'dim'],
  blocked: ['!', 'blocked', 'red'],
  failed: ['✗', 'failed', 'red'],
  escalated: ['▲', 'escalated', 'red'],
  skipped: ['-', 'skipped', 'dim'],
  rejected: ['✗', 'rejected', 'red'],
};

/** Columns of `statusMark`. */
export const MARK_WIDTH = 13;

/** `● in progress`, of 13 columns; the word says what the sign and the colour say. */
export function statusMark(status: NodeStatus, paint: Paint): string {
  const [sign, word, style] = STATUS[status];
  const text = `${sign} ${word}`.padEnd(MARK_WIDTH);
  return style ? paint(style, text) : text;
}

export function statusWord(status: NodeStatus): string {
  return STATUS[status][1];
}

/** A branch as people name it; of a detached work tree its folder's name. */
export function placeName({ kind, name, branch }: Pick<Sighting, 'kind' | 'name' | 'branch'>): string {
  const ref = kind === 'worktree' ? branch : name;
  return ref === undefined ? name.slice(name.lastIndexOf('/') + 1) : ref.replace(/^refs\/(heads|remotes|tags)\//, '');
}

/** A ref by its short name, a work tree by its folder. */
export function holderName(where: string): string {
  return oneLine(where.startsWith('refs/') ? placeName({ kind: 'branch', name: where, branch: undefined }) : where);
}

/** Where several hold the same: first what is not committed, the ticket's own branch, the trunk, then local before remote. */
export function byWeight(sightings: readonly Sighting[]): Sighting[] {
  return [...sightings].sort((a, b) => weightOf(b) - weightOf(a));
}

/** The sighting to name where several hold the same: see `byWeight`. */
export function mainSighting(sightings: readonly Sighting[]): Sighting | undefined {
  return sightings.reduce<Sighting | undefined>((best, one) => (best && weightOf(best) >= weightOf(one) ? best : one), undefined);
}

function weightOf({ kind, dirty, isOwn, isTrunk }: Sighting): number {
  return (dirty ? 16 : 0) + (isOwn ? 8 : 0) + (isTrunk ? 4 : 0) + (kind === 'worktree' ? 2 : kind === 'branch' ? 1 : 0);
}

/** `PROJ-7--api *`: the star says that something is not committed there. */
export function whereText(sightings: readonly Sighting[]): string {
  const main = mainSighting(sightings);
  return main ? `${placeName(main)}${main.dirty ? ' *' : ''}` : '';
}

/** How long ago, in the largest unit that fits: `2d`, `3h`, `5m`; '' where nothing tells it or it is to come. */
export function ageText(at: Date | undefined, now: Date): string {
  const minutes = at ? Math.floor((now.getTime() - at.getTime()) / 60_000) : Number.NaN;
  if (!(minutes >= 0)) return '';
  if (minutes < 60) return `${minutes}m`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`;
}
