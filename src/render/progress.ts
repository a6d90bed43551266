import { cut, oneLine } from './columns.ts';

/** Work on several things at once. */
export interface ProgressState {
  /** `fetching`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** What is being worked on now. */
  readonly running: readonly string[];
  readonly seconds: number;
}

/** `fetching 3/5 · api, web · 12s`, on one line of at most so many columns. */
export function progressLine({ label, done, total, running, seconds }: ProgressState, width: number): string {
  const names = running.length > 3 ? [...running.slice(0, 3), '…'] : running;
  return cut(oneLine([`${label} ${done}/${total}`, ...(names.length > 0 ? [names.join(', ')] : []), `${Math.floor(seconds)}s`].join(' · ')), width);
}
