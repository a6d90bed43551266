import { UserError } from '../../error.ts';

/** One promise of a port. `run` throws with what was otherwise. */
export interface Check<Subject> {
  readonly name: string;
  /** An operation that not every adapter has: without it the check says nothing. */
  readonly needs?: string;
  readonly run: (subject: Subject) => Promise<void>;
}

/** Throws unless both are the same as JSON, whatever the order of keys. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [is, wanted] = [canonical(actual), canonical(expected)];
  if (is !== wanted) throw new Error(`Unexpected ${what}: ${is.slice(0, 500)}, expected ${wanted.slice(0, 500)}`);
}

export function holds(what: string, condition: boolean): void {
  if (!condition) throw new Error(`Unexpected ${what}`);
}

/** Throws unless the promise is refused with this code. */
export async function refused(what: string, code: 'not-found' | 'conflict', asked: Promise<unknown>): Promise<void> {
  const thrown = await asked.then(() => undefined, (error: unknown) => error ?? 'nothing');
  if (thrown === undefined) throw new Error(`Unexpected success of ${what}, expected a refusal with ${code}`);
  if (!(thrown instanceof UserError) || thrown.code !== code) throw new Error(`Unexpected refusal of ${what} with ${thrown instanceof UserError ? thrown.code : 'no code'} (${String((thrown as Error)?.message ?? thrown)}), expected ${code}`);
}

export function defined<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`Unexpected absence of ${what}`);
  return value;
}

/** Text that a careless adapter loses something of. */
export const HARD_TEXT = '---\nid: 7\n---\n\n# Über "quotes" & <b>tags</b>\n\n```sh\necho `date` $HOME \\\n```\n\n- [ ] 漢字 👩🏽‍💻\n  trailing: yes';

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part)) ?? 'undefined';
}
