import type { Kind } from './kinds.ts';

/** One run of an operation: a ticket in `<operations>/<name>/runs/<period>`. */
export interface Run {
  readonly name: string;
  /** Which run: `2026-11-20`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`; several on one day `2026-11-20-2`. */
  readonly period: string;
}

const PERIOD = String.raw`\d{4}(?:-(?:W\d{2}|Q[1-4]|\d{2}(?:-\d{2}(?:-\d{1,3})?)?))?`;
const PERIOD_ALONE = new RegExp(`^${PERIOD}$`);
/** How a run is called as a ticket. A year alone has a letter before it, so that a tracker's `proj-2026` is no run. No name can hold a period: what is read is what was written. */
export const RUN_ID = new RegExp(`^([a-z][a-z0-9]*(?:-[a-z0-9]+)*?)-(?:Y(\\d{4})|(?=\\d{4}-)(${PERIOD}))$`);

/** Whether a text is the name of a run's folder. */
export function isPeriod(text: string): boolean {
  return PERIOD_ALONE.test(text);
}

/** The id of a run as a ticket: `billing-2026-11`, of a whole year `audit-Y2026`. */
export function runId({ name, period }: Run): string {
  return `${name}-${/^\d{4}$/.test(period) ? 'Y' : ''}${period}`;
}

/** The run that a ticket's id means; undefined where it means none. */
export function runOf(id: string): Run | undefined {
  const [, name, year, period] = RUN_ID.exec(id) ?? [];
  return name === undefined ? undefined : { name, period: (year ?? period) as string };
}

/**
 * The folder of all operations, as the path of their kind says it (`docs/operations/{{slug}}/OPERATION.md`);
 * undefined where the kind is not switched on, or where its path has no folder for each operation.
 */
export function operationsFolder(kinds: readonly Kind[]): string | undefined {
  const kind = kinds.find(({ name }) => name === 'operation');
  return kind && /^([^*?{}[\]()!+@|]+)\/\{\{[a-z]+\}\}\/[^/*?{}[\]()!+@|]+$/.exec(kind.path)?.[1];
}

/** Where the runs of an operation are. */
export function runsFolder(operations: string, name: string): string {
  return `${operations}/${name}/runs`;
}

/** The run that a path is in, with the length of its folder's path; undefined for any other path in the folder of all operations. */
export function runAt(operations: string, path: string): (Run & { readonly end: number }) | undefined {
  const [name, runs, period] = path.slice(operations.length + 1).split('/', 4);
  if (name === undefined || runs !== 'runs' || period === undefined || !isPeriod(period)) return undefined;
  const run = { name, period };
  // A name that no id can hold is nobody's run.
  return runOf(runId(run))?.name === name ? { ...run, end: runsFolder(operations, name).length + 1 + period.length } : undefined;
}
