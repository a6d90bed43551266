import { resolve } from 'node:path';
import { recallAudit } from '../git/audit-recall.ts';
import { now } from '../git/clock.ts';
import { BUILD } from '../version.ts';
import type { Invocation, Outcome } from './command.ts';

/** What an audit's answer holds for besides its trees: this build, and the day by which workflows are left alone. */
export function auditEngine(): string {
  return `${BUILD} ${now().slice(0, 10)}`;
}

/** The answer of the last audit of the same paths, as long as nothing has changed since. */
export async function knownAudit({ cwd, positionals: paths, program }: Pick<Invocation, 'cwd' | 'positionals' | 'program'>, color: () => boolean): Promise<Outcome | undefined> {
  const known = await recallAudit({ cwd, paths, engine: auditEngine(), program });
  if (!known) return undefined;
  const { next_action: next } = known.json as Outcome['json'];
  // It may have been asked from another folder.
  const json = next ? { ...known.json, next_action: { ...next, cwd: resolve(cwd) } } : known.json;
  return { exit: known.exit, json, text: () => (color() ? known.coloredText : known.text) };
}
