import { copyFileSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { isBelow } from '../tree/changes.ts';
import { governedDirectories } from './audit-directories.ts';
import { auditSources } from './audit-sources.ts';
import { auditScope, bodyBytes, environmentKey, indexDigest, mayRemember, recordFiles, stateOf, statOf, type AuditAnswer, type AuditHeader } from './audit-state.ts';
import { stepOf } from './file-times.ts';
import { pathExists, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';

/** What stood when an audit began. */
export interface AuditBegin {
  readonly time: number;
  readonly index: string;
}

/** What an audit looked at, and what it said. */
export interface Audit {
  readonly engine: string;
  readonly program: string;
  readonly roots: readonly string[];
  /** What was asked about (`auditScope`). */
  readonly scope: readonly string[];
  /** What git knows of, or would add, below the roots. */
  readonly files: readonly string[];
  /** What git ignores there. */
  readonly ignored: readonly string[];
  /** An index file that holds the audited work tree. */
  readonly index: string;
  readonly answer: AuditAnswer;
}

const ABANDONED_MS = 60 * 60 * 1000;
/** Of a work tree's parts the answers for so many are kept. */
const MOST_SCOPES = 8;

/** Called before anything is read; undefined when the audit cannot be remembered. */
export function beginAudit({ gitDir }: Repository): AuditBegin | undefined {
  if (!mayRemember()) return undefined;
  const index = indexDigest(join(gitDir, 'index'));
  return index === undefined ? undefined : { time: Date.now(), index };
}

interface AuditedPaths {
  readonly roots: readonly string[];
  /** The paths from the root of the work tree, or `all` of it. */
  readonly judged: readonly string[] | 'all';
  readonly cwd: string;
  /** As they were given. */
  readonly paths: readonly string[];
}

/**
 * The scope for which an audit can be remembered; undefined where what a path leads to depends on
 * more than what is looked at again: on a link, or on a folder away from the governed ones.
 */
export function auditedScope({ workRoot: root }: Repository, { roots, judged, cwd, paths }: AuditedPaths): readonly string[] | undefined {
  const scope = auditScope(root, realpathSync(cwd), paths);
  const isAsWritten = scope?.join('\0') === (judged === 'all' ? '' : [...new Set(judged)].sort().join('\0'));
  const isWatched = scope?.every((path) => (isBelow(path, roots) || roots.some((one) => isBelow(one, [path]))) && !isLink(join(root, path)));
  return isAsWritten && isWatched ? scope : undefined;
}

/**
 * Remembers an audit for `recallAudit`. Says nothing and keeps nothing when something it read may
 * have changed since it began, or where it cannot be written or looked at. Safe beside other processes and under kill: a record holds only
 * together with the index that it names by digest.
 */
export function rememberAudit(repository: Repository, begin: AuditBegin, audit: Audit): void {
  try {
    remember(repository, begin, audit);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== 'string' || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}

function remember(repository: Repository, begin: AuditBegin, audit: Audit): void {
  const { workRoot: root, gitDir } = repository;
  const found = governedDirectories(root, audit.roots, audit.files, audit.ignored);
  const sources = found && auditSources(repository, audit.roots);
  const audited = indexDigest(audit.index);
  if (!found || !sources || !audited) return;
  const others = audit.roots.filter((path) => !isDirectory(join(root, path)));
  const files = [...new Set([...sources, ...[...found.steering, ...others].map((path) => join(root, path))])].sort();
  if (!isSettled(begin, found.times, files) || indexDigest(join(gitDir, 'index')) !== begin.index) return;
  const header: AuditHeader = {
    engine: audit.engine,
    program: audit.program,
    environment: environmentKey(),
    root,
    roots: audit.roots,
    scope: audit.scope,
    index: begin.index,
    audited,
    directories: found.directories.length,
    files: files.map((path) => [path, stateOf(path)]),
  };
  const place = recordFiles(repository, audit.scope);
  mkdirSync(dirname(place.record), { recursive: true });
  if (!keepIndex(audit.index, place.index, begin.time - stepOf(found.times))) return;
  writeFileAtomic(place.record, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bodyBytes(found.directories, found.times, audit.answer)]));
  sweep(dirname(place.record), basename(recordFiles(repository, []).record, '.audit'));
}

/** Whether nothing is younger than the audit's begin, by the clock that the file system keeps. */
function isSettled({ time }: AuditBegin, times: Float64Array, files: readonly string[]): boolean {
  const latest = time - stepOf(times);
  if (!times.every((one) => one < latest)) return false;
  return files.every((path) => {
    const stat = statOf(path);
    return stat === undefined || Math.max(stat.mtimeMs, stat.ctimeMs) < latest;
  });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Dated to the second of `settled`, the time in which the audit began less a step of file times: git compares contents
 * where a file is not older than its index, and whatever changed since the audit is not. Files that
 * were at rest before need no second look.
 * False where the times that files get lag behind this machine's: they do not tell what is settled.
 */
function keepIndex(source: string, target: string, settled: number): boolean {
  const temporary = `${target}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  const second = Math.floor(settled / 1000);
  const now = Date.now();
  try {
    copyFileSync(source, temporary);
    const written = statSync(temporary).mtimeMs;
    if (written < now - stepOf([written]) / 2) return false;
    utimesSync(temporary, second, second);
    renameSync(temporary, target);
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes what killed processes left, and of one worktree the oldest answers for parts of it. */
function sweep(folder: string, worktree: string): void {
  const names = readdirSync(folder);
  for (const path of names.filter((one) => one.endsWith('.tmp')).map((name) => join(folder, name))) {
    if (pathExists(path) && Date.now() - timeOf(path) > ABANDONED_MS) rmSync(path, { force: true });
  }
  const parts = names.filter((name) => name.startsWith(`${worktree}.`) && /\.[0-9a-z]+\.audit$/.test(name.slice(worktree.length)));
  if (parts.length <= MOST_SCOPES) return;
  const paths = parts.map((name) => join(folder, name)).sort((a, b) => timeOf(b) - timeOf(a));
  for (const path of paths.slice(MOST_SCOPES)) for (const ending of ['audit', 'index']) rmSync(path.replace(/audit$/, ending), { force: true });
}

function timeOf(path: string): number {
  return statOf(path)?.mtimeMs ?? 0;
}
