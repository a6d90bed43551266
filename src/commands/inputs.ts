import { UserError } from '../error.ts';
import type { Invocation } from './command.ts';

type Values = Invocation['values'];

/** The options of every verb that writes. */
export const WRITE_OPTIONS = {
  'dry-run': { type: 'boolean', help: 'show what would be written, and write nothing' },
  commit: { type: 'boolean', help: 'commit what was written, exactly that, through the hooks' },
} as const;

/** An option's text: one line that is not blank; undefined when it is not given. Throws a UserError for anything else. */
export function lineOf(values: Values, name: string): string | undefined {
  const value = values[name];
  if (typeof value !== 'string') return undefined;
  const line = value.trim();
  if (line !== '' && !/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(line)) return line;
  throw new UserError(`Unexpected --${name} ${JSON.stringify(value)}, expected some text on one line`, `--${name} "SOME TEXT"`, 'input');
}

/** The texts of an option that may be given several times, each on one line. */
export function linesOf(values: Values, name: string): string[] {
  const given = values[name];
  return (Array.isArray(given) ? given : [given]).flatMap((value) => lineOf({ [name]: value }, name) ?? []);
}

export function requiredLine(values: Values, name: string, example: string): string {
  const line = lineOf(values, name);
  if (line === undefined) throw new UserError(`Unexpected absence of --${name}, expected some text`, `--${name} "${example}"`, 'input');
  return line;
}

/** The names of an option that may be given several times, or once with commas between. */
export function namesOf(values: Values, name: string): string[] {
  const given = values[name];
  const names = (Array.isArray(given) ? given : [given]).flatMap((value) => (typeof value === 'string' ? value.split(',') : [])).map((value) => value.trim());
  const wrong = names.find((one) => !/^[a-z0-9][a-z0-9-]*$/.test(one));
  if (wrong !== undefined) throw new UserError(`Unexpected --${name} ${JSON.stringify(wrong)}, expected small letters, digits and hyphens, such as build-api`, `--${name} build`, 'input');
  return [...new Set(names)];
}

/** One of some words; undefined when it is not given. */
export function wordOf<Word extends string>(values: Values, name: string, words: readonly Word[]): Word | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  const word = words.find((one) => one === value);
  if (word === undefined) throw new UserError(`Unexpected --${name} ${JSON.stringify(value)}, expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`, `--${name} ${words[0]}`, 'input');
  return word;
}

/** What `--set key=value` says, by key; the last one of a key counts. Throws a UserError for anything else. */
export function settingsGiven(values: Values): ReadonlyMap<string, string> {
  const given = values.set;
  const settings = new Map<string, string>();
  for (const one of Array.isArray(given) ? given : [given]) {
    if (typeof one !== 'string') continue;
    const at = one.indexOf('=');
    const key = one.slice(0, at).trim();
    if (at < 1 || !/^[A-Za-z][\w.-]*$/.test(key) || /[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(one)) throw new UserError(`Unexpected --set ${JSON.stringify(one)}, expected key=value on one line`, '--set status=draft', 'input');
    settings.set(key, one.slice(at + 1));
  }
  return settings;
}

/** A time limit in seconds; undefined when it is not given. */
export function secondsOf(values: Values, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (typeof text === 'string' && /^\d+(?:\.\d+)?$/.test(text) && seconds > 0 && seconds <= 1_000_000) return seconds;
  throw new UserError(`Unexpected --${name} ${String(text)}, expected seconds, more than 0`, `--${name} 600`, 'input');
}
