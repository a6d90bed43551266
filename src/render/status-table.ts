import type { BrokenDocument } from '../workflow/everywhere.ts';
import type { Standing } from '../workflow/standing.ts';
import { column, fit, oneLine, WIDTH, widthOf, wrapped } from './columns.ts';
import type { Paint } from './paint.ts';
import { count } from './plain-text.ts';
import { ageText, holderName, statusWord, whereText } from './status-words.ts';

/** Columns between two of the table. */
const GAP = '  ';
/** At most so many columns of each but the title, which takes what is left. */
const MOST = { id: 16, done: 7, current: 24, where: 18, age: 4 } as const;

/** Columns that the title keeps, where the others can spare them. */
const LEAST_TITLE = 16;

/** Every ticket on a line, with what needs attention below it. */
export function statusTable(standings: readonly Standing[], now: Date, paint: Paint): string {
  const rows = standings.map((standing) => rowOf(standing, now));
  const head = { id: 'ticket', title: 'title', done: 'done', current: 'now', where: 'where', age: 'age' };
  const widthIn = (key: keyof typeof MOST) => Math.min(MOST[key], Math.max(...[head, ...rows].map((row) => widthOf(row[key]))));
  const widths = { id: widthIn('id'), done: widthIn('done'), current: widthIn('current'), where: widthIn('where'), age: widthIn('age') };
  const left = () => Object.values(widths).reduce((rest, width) => rest - width - GAP.length, WIDTH);
  for (const key of ['current', 'where', 'id'] as const) widths[key] = Math.max(Math.min(10, widths[key]), widths[key] - Math.max(0, LEAST_TITLE - left()));
  const title = Math.min(left(), Math.max(...[head, ...rows].map((row) => widthOf(row.title))));
  const line = (row: typeof head) => [column(row.id, widths.id), column(row.title, title), fit(row.done, widths.done).padStart(widths.done), column(row.current, widths.current), column(row.where, widths.where), row.age.padStart(widths.age)].join(GAP).trimEnd();
  return [paint('dim', line(head)), ...standings.flatMap((standing, index) => [line(rows[index] as Row), ...notesOf(standing).flatMap((note) => noteLines(note, widths.id + GAP.length, paint))])].join('\n');
}

type Row = Readonly<Record<'id' | 'title' | 'done' | 'current' | 'where' | 'age', string>>;

function rowOf(standing: Standing, now: Date): Row {
  const { united, title, leaves, settled, moved } = standing;
  const claim = standing.claims.find(({ state }) => state.node.id === standing.status.current.node) ?? standing.claims[0];
  return {
    id: oneLine(united.id),
    title: oneLine(title),
    done: leaves.length === 0 ? '-' : `${settled}/${leaves.length}`,
    current: oneLine(currentText(standing)),
    where: oneLine(whereText(claim?.sightings ?? united.lead)),
    age: ageText(moved, now),
  };
}

/** The current node and who is at it; else why there is none. */
function currentText({ united, status, claims }: Standing): string {
  const { current, byId } = status;
  if (united.ticket.archived) return 'finished';
  if (current.node !== undefined) {
    const claim = claims.find(({ state }) => state.node.id === current.node);
    const others = claims.length - (claim ? 1 : 0);
    const word = statusWord(byId.get(current.node)?.status ?? 'ready');
    return `${current.node}: ${claim ? claim.by : word}${others > 0 ? ` +${others}` : ''}`;
  }
  if (current.reason === 'empty') return united.ticket.tasks ? 'no nodes' : 'no plan yet';
  return current.reason === 'done' ? 'all done' : `${current.reason}: ${current.on.join(', ')}`;
}

/** What needs attention. */
function notesOf({ united, rest, unplanned, status }: Standing): string[] {
  const apart = united.diverged.map((path) => {
    const document = united.documents.get(path);
    const places = [document, ...(document?.others ?? [])].map((one) => (one ? whereText(one.sightings) : ''));
    return `diverged: ${path} is one thing in ${places.join(', another in ')}`;
  });
  return [
    ...apart,
    ...(rest ? [`stuck: nothing has moved for ${count(rest.days, 'day')}; ${rest.where}`] : []),
    ...(unplanned.length > 0 ? [`not in the plan shown: ${unplanned.join(', ')}`] : []),
    ...status.nodes.flatMap(({ node, life, record }) => (life.problem && record?.isValid ? [`no legal history: ${node.id}: ${life.problem.message}`] : [])),
    ...(united.broken.length > 0 ? [`${count(united.broken.length, 'document')} cannot be read, see below`] : []),
  ];
}

function noteLines(note: string, indent: number, paint: Paint): string[] {
  return wrapped(note, WIDTH - indent - 2).map((line, index) => `${' '.repeat(indent)}${paint('yellow', index === 0 ? '! ' : '  ')}${fit(line, WIDTH - indent - 2)}`);
}

/** What cannot be read, each with its place; '' when there is nothing. */
export function brokenText(broken: readonly BrokenDocument[], paint: Paint): string {
  if (broken.length === 0) return '';
  const lines = broken.flatMap(({ where, path, line, message }) => [`  ${paint('bold', `${holderName(where)}${path === '' ? '' : `:${oneLine(path)}:${line}`}`)}`, ...wrapped(message, WIDTH - 4).map((text) => `    ${text}`)]);
  return [paint('red', 'cannot be relied on, and left out where there is another:'), ...lines].join('\n');
}
