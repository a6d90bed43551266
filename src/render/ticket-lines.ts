import type { TicketLine, TicketPlace } from '../workflow/ticket-lines.ts';
import { column, fit, oneLine, WIDTH, widthOf } from './columns.ts';
import type { Paint } from './paint.ts';
import { count } from './plain-text.ts';
import { ageText } from './status-words.ts';

const GAP = '  ';
/** At most so many columns of each but the title, which takes what is left. */
const MOST = { id: 16, phase: 11, done: 7, age: 4, sync: 11, where: 22 } as const;
const LEAST_TITLE = 14;

/** Every ticket on a line, stuck ones with a note. */
export function ticketLinesText(lines: readonly TicketLine[], now: Date, paint: Paint): string {
  const head = { id: 'ticket', title: 'title', phase: 'phase', done: 'done', age: 'age', sync: 'sync', where: 'where' };
  const rows = lines.map((line) => rowOf(line, now));
  const widthIn = (key: keyof typeof MOST) => Math.min(MOST[key], Math.max(...[head, ...rows].map((row) => widthOf(row[key]))));
  const widths = { id: widthIn('id'), phase: widthIn('phase'), done: widthIn('done'), age: widthIn('age'), sync: widthIn('sync'), where: widthIn('where') };
  const left = () => Object.values(widths).reduce((rest, width) => rest - width - GAP.length, WIDTH);
  for (const key of ['where', 'id'] as const) widths[key] = Math.max(Math.min(10, widths[key]), widths[key] - Math.max(0, LEAST_TITLE - left()));
  const title = Math.min(left(), Math.max(...[head, ...rows].map((row) => widthOf(row.title))));
  const text = (row: typeof head) => [column(row.id, widths.id), column(row.title, title), column(row.phase, widths.phase), fit(row.done, widths.done).padStart(widths.done), row.age.padStart(widths.age), column(row.sync, widths.sync), fit(row.where, widths.where)].join(GAP).trimEnd();
  const notes = ({ stuck }: TicketLine) => (stuck ? [`${' '.repeat(widths.id + GAP.length)}${paint('yellow', '! ')}${fit(`stuck: nothing has moved for ${count(stuck.days, 'day')}; ${stuck.where}`, WIDTH - widths.id - GAP.length - 2)}`] : []);
  return [paint('dim', text(head)), ...lines.flatMap((line, index) => [text(rows[index] as typeof head), ...notes(line)])].join('\n');
}

function rowOf({ ticket, title, phase, settled, total, moved, dirty, main }: TicketLine, now: Date) {
  return {
    id: oneLine(ticket),
    title: oneLine(title),
    phase: phase === 'none' ? '-' : phase === 'awaiting-qa' ? 'awaiting QA' : phase,
    done: total === 0 ? '-' : `${settled}/${total}`,
    age: ageText(moved, now),
    sync: main ? syncText(main) : '',
    where: oneLine(`${main ? whereOf(main) : ''}${dirty > 0 ? ' *' : ''}`),
  };
}

/** `+2 -1` against what it follows; `local`: it was never pushed; `gone`: what it followed is no more. */
function syncText({ ref, upstream, trunk }: TicketPlace): string {
  if (ref?.startsWith('refs/remotes/')) return 'remote';
  if (upstream?.isGone) return 'gone';
  const { ahead, behind } = upstream ?? trunk ?? { ahead: 0, behind: 0 };
  const distance = [...(ahead > 0 ? [`+${ahead}`] : []), ...(behind > 0 ? [`-${behind}`] : [])].join(' ');
  return upstream ? distance || '=' : `local ${distance}`.trim();
}

/** A branch by its short name; a detached work tree by its folder's. */
export function whereOf({ ref, worktree = '' }: TicketPlace): string {
  return ref === undefined ? worktree.slice(worktree.lastIndexOf('/') + 1) : ref.replace(/^refs\/(?:heads|remotes)\//, '');
}
