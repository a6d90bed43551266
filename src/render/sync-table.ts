import { isFault, type SyncRow, type SyncState } from '../workflow/sync-report.ts';
import { column, fit, oneLine, WIDTH, widthOf } from './columns.ts';
import type { Paint } from './paint.ts';
import { count } from './plain-text.ts';

const WORDS: Readonly<Record<SyncState, string>> = {
  moved: 'moved',
  merged: 'merged',
  current: 'up to date',
  ahead: 'ahead',
  behind: 'behind',
  'no-upstream': 'no upstream',
  gone: 'gone',
  restack: 'restack',
  detached: 'detached',
  dirty: 'dirty',
  diverged: 'diverged',
  operation: 'busy',
  conflict: 'conflict',
  offline: 'offline',
  locked: 'locked',
  refused: 'refused',
  missing: 'missing',
};

const WORD_WIDTH = 11;
const NAME_WIDTH = 28;
const NAMED = 4;
const INDENT = ' '.repeat(WORD_WIDTH + 2);

/** What moved, then what could have and did not, each with what mends it, then what has nothing to move to. */
export function syncTable(rows: readonly SyncRow[], paint: Paint): string {
  const [moved, faults] = [rows.filter(({ state }) => state === 'moved' || state === 'merged'), rows.filter((row) => isFault(row) && !(row.kind === 'branch' && row.state === 'offline'))];
  const notes = rows.filter(({ state }) => state === 'behind' || state === 'gone' || state === 'detached' || state === 'restack');
  const quiet = (['current', 'ahead', 'no-upstream'] as const).flatMap((state) => {
    const of = rows.filter((row) => row.state === state);
    return of.length === 0 ? [] : [`${WORDS[state].padEnd(WORD_WIDTH)}  ${fit(of.length > NAMED ? count(of.length, 'branch').replace('branchs', 'branches') : of.map(nameOf).join(', '), WIDTH - INDENT.length)}`];
  });
  const shown = [...moved, ...faults, ...notes];
  const width = Math.min(NAME_WIDTH, Math.max(0, ...shown.map((row) => widthOf(nameOf(row)))));
  const lines = shown.flatMap((row) => rowLines(row, width, rows, paint));
  return lines.length + quiet.length === 0 ? 'nothing follows anything here' : [...lines, ...quiet].join('\n');
}

function rowLines(row: SyncRow, width: number, rows: readonly SyncRow[], paint: Paint): string[] {
  const word = WORDS[row.state].padEnd(WORD_WIDTH);
  const mark = isFault(row) ? paint('red', word) : row.state === 'moved' || row.state === 'merged' ? paint('green', word) : paint('yellow', word);
  const room = WIDTH - INDENT.length - width - 2;
  return [`${mark}  ${column(nameOf(row), width)}  ${fit(detailOf(row, rows), room)}`.trimEnd(), ...(row.paths ?? []).slice(0, NAMED).map((path) => `${INDENT}${fit(path, WIDTH - INDENT.length)}`), ...more(row), ...(row.mend === undefined ? [] : [`${INDENT}${paint('dim', 'mend:')} ${oneLine(row.mend)}`])];
}

function more({ paths = [] }: SyncRow): string[] {
  return paths.length > NAMED ? [`${INDENT}and ${paths.length - NAMED} more`] : [];
}

function nameOf({ module, kind, name }: SyncRow): string {
  return oneLine(module === undefined || kind === 'module' ? name : `${module}:${name}`);
}

function detailOf({ state, behind = 0, ahead = 0, follows = '', why, name, module }: SyncRow, rows: readonly SyncRow[]): string {
  const commits = count(behind, 'commit');
  switch (state) {
    case 'moved': return `${commits} from ${follows}`;
    case 'merged': return `${follows}, ${commits}`;
    case 'dirty': return why ?? `${commits} would overwrite`;
    case 'diverged': return `${ahead} here, ${behind} in ${follows}`;
    case 'behind': return `${commits} behind ${follows}, where it began`;
    case 'gone': return why ?? `${follows} is no more`;
    case 'operation': return `${commits} waiting: ${why}`;
    case 'conflict': return `${follows} does not merge:`;
    case 'offline': {
      const waiting = rows.filter((row) => row.kind === 'branch' && row.state === 'offline' && row.module === module && row.follows?.startsWith(`${name}/`)).length;
      return `${why}${waiting > 0 ? `; ${waiting} as they were` : ''}`;
    }
    default: return why ?? '';
  }
}
