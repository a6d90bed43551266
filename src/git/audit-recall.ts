import { closeSync, fstatSync, openSync, readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { auditScope, environmentKey, indexDigest, bodyIn, mayRemember, recordFiles, stateOf, type AuditAnswer, type AuditBody, type AuditHeader, type AuditPlace } from './audit-state.ts';
import { haveTimes } from './directory-states.ts';
import { environmentOf } from './environment.ts';
import { placeOf } from './find-repository.ts';
import { startLean } from './start-lean.ts';

export interface AuditAsked {
  readonly cwd: string;
  /** As they are given on the command line; none for everything. */
  readonly paths: readonly string[];
  readonly engine: string;
  readonly program: string;
}

/**
 * The answer of the last audit of the work tree that `cwd` is in, or of the same paths there, when nothing has changed since
 * then that an audit reads; undefined when an audit has to find out. Reads no document: git compares
 * the files with an index of the audited work tree, while the times of the directories tell whether
 * anything came or went. Stays small: it is part of what every verb loads.
 */
export async function recallAudit({ cwd, paths, engine, program }: AuditAsked): Promise<AuditAnswer | undefined> {
  if (!mayRemember()) return undefined;
  const place = placeOf(cwd);
  const scope = place && auditScope(place.root, realpathSync(cwd), paths);
  const record = scope && readRecord(place, scope, engine, program);
  if (!record) return undefined;
  const { header, body } = record;
  const { index } = recordFiles(place, scope);
  const listing = await listModified(header, index);
  if (!listing) return undefined;
  const known = body();
  const isSame = known !== undefined && indexDigest(join(place.gitDir, 'index')) === header.index && header.files.every(([path, state]) => stateOf(path) === state) && areSame(header, known);
  if (!isSame) listing.kill();
  // Another process may have put the index of its own audit there meanwhile: hence asked last.
  return (await listing.isEmpty) && isSame && indexDigest(index) === header.audited ? whole(() => known.answer()) : undefined;
}

/** The body is read when it is asked for: git runs meanwhile. */
function readRecord(place: AuditPlace, scope: readonly string[], engine: string, program: string): { header: AuditHeader; body: () => AuditBody | undefined } | undefined {
  try {
    const bytes = readFileSync(recordFiles(place, scope).record);
    const end = bytes.indexOf('\n');
    const header = JSON.parse(bytes.toString('utf8', 0, end)) as AuditHeader;
    if (header.engine !== engine || header.program !== program || header.root !== place.root || header.scope.join('\0') !== scope.join('\0') || header.environment !== environmentKey()) return undefined;
    return { header, body: () => whole(() => bodyIn(bytes, end + 1, header.directories)) };
  } catch {
    return undefined;
  }
}

/** undefined for what is not whole: an audit finds out. */
function whole<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Settings that let git trust less than all it knows of a file would leave edits unseen. */
const STRICT = ['core.trustctime=true', 'core.checkStat=default', 'core.fsmonitor=false'].flatMap((setting) => ['-c', setting]);

/**
 * Starts git on the files that differ from the audited ones; it compares contents where times cannot
 * tell. It writes to a file: making a stream for a pipe takes node longer than asking for a size.
 */
async function listModified({ root, roots }: AuditHeader, index: string): Promise<{ kill(): void; isEmpty: Promise<boolean> } | undefined> {
  const paths = roots.includes('') ? [] : roots;
  const said = `${index}.${process.pid}.${Date.now()}.tmp`;
  const output = openNew(said);
  if (output === undefined) return undefined;
  const { status, kill } = await startLean([...STRICT, 'ls-files', '-z', '--modified', '--', ...paths], { cwd: root, env: environmentOf({ env: { GIT_INDEX_FILE: index } }), output });
  const isEmpty = status.then((code) => {
    try {
      return code === 0 && fstatSync(output).size === 0;
    } finally {
      closeSync(output);
      remove(said);
    }
  });
  return { kill, isEmpty };
}

/** Loads less than `rmSync`. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster.
  }
}

/** undefined where nothing can be written. */
function openNew(path: string): number | undefined {
  try {
    return openSync(path, 'wx');
  } catch {
    return undefined;
  }
}

/** Whether no directory has gained or lost an entry. */
function areSame({ root }: AuditHeader, { directories, times }: AuditBody): boolean {
  const folder = process.cwd();
  // A short path is looked up faster: every directory above it is another step for the system.
  process.chdir(root);
  try {
    return haveTimes(directories, times);
  } finally {
    process.chdir(folder);
  }
}
