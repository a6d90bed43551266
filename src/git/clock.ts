import { UserError } from '../error.ts';

/** Now, in ISO 8601, UTC, to the second: what histories say. `TREEWORK_NOW` (the same form) stands in for the clock. */
export function now(): string {
  return `${moment().toISOString().slice(0, 19)}Z`;
}

/** The beginning of this day in UTC; see `now`. */
export function today(): Date {
  return new Date(`${now().slice(0, 10)}T00:00:00Z`);
}

/** Now; see `now`. */
export function moment(): Date {
  const given = process.env.TREEWORK_NOW;
  const date = given ? new Date(given) : new Date();
  if (Number.isNaN(date.getTime())) throw new UserError(`Unexpected TREEWORK_NOW ${given}, expected a moment such as 2026-11-20T10:30:00Z`, 'unset TREEWORK_NOW', 'clock');
  return date;
}
