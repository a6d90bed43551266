import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { environmentKey, mayRemember, stateOf, type AuditPlace } from './audit-state.ts';

/** Who is told, and by whom: for anybody else it may read differently. */
export interface Listener {
  /** The build, and whatever else changes what is said of the same records. */
  readonly engine: string;
  /** How treework is called: what is told names it. */
  readonly program: string;
  /** The folder that it is told for. */
  readonly cwd: string;
}

/** What of a work tree beyond the governed folders was asked of git, and what it answered. */
export interface Question {
  readonly roots: readonly string[];
  readonly paths: readonly string[];
}

/** What was told, and everything it was read from. */
export interface Told {
  readonly listener: Listener;
  readonly environment: string;
  readonly root: string;
  /** Absolute paths, each with what `stateOf` said of it. */
  readonly files: readonly (readonly [string, string])[];
  readonly questions: readonly Question[];
  readonly text: string;
}

/** The file that keeps what was told in a work tree. */
export function toldFile({ gitDir, commonDir }: Pick<AuditPlace, 'gitDir' | 'commonDir'>): string {
  return join(commonDir, 'treework', 'told', gitDir === commonDir ? 'main' : join('worktrees', basename(gitDir)));
}

/** What git's answers and the words of treework depend on. */
export function listenersEnvironment(): string {
  const own = Object.keys(process.env).filter((name) => name.startsWith('TREEWORK_') && name !== 'TREEWORK_STATE');
  return JSON.stringify([environmentKey(), own.sort().map((name) => [name, process.env[name]])]);
}

/**
 * What was told the last time, when nothing has changed since then that it was read from: the state of
 * every file and folder is as it was, and git says the same of the rest of the work tree. undefined
 * when it has to be found out.
 */
export async function recallTold(place: AuditPlace, listener: Listener): Promise<string | undefined> {
  if (!mayRemember()) return undefined;
  const told = readTold(toldFile(place));
  if (!told || told.root !== place.root || JSON.stringify(told.listener) !== JSON.stringify(listener) || told.environment !== listenersEnvironment()) return undefined;
  const asked = told.questions.length === 0 ? [] : await ask(place, told.questions);
  const isSame = told.files.every(([path, state]) => stateOf(path) === state);
  const answers = await Promise.all(asked);
  return isSame && answers.every(({ paths }, at) => JSON.stringify(paths) === JSON.stringify(told.questions[at]?.paths)) ? told.text : undefined;
}

async function ask({ root }: AuditPlace, questions: readonly Question[]) {
  const { lookForChanges } = await import('./changed.ts');
  return questions.map(({ roots }) => lookForChanges({ options: { cwd: root } }, roots));
}

/** undefined for what is not there or not whole. */
function readTold(path: string): Told | undefined {
  try {
    const told = JSON.parse(readFileSync(path, 'utf8')) as Told;
    return Array.isArray(told.files) && Array.isArray(told.questions) && typeof told.text === 'string' ? told : undefined;
  } catch {
    return undefined;
  }
}
