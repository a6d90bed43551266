import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The worktree whose audit is remembered. */
export interface AuditPlace {
  /** The work tree's root, symlinks resolved. */
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
}

/** What an answer holds for: the asker, and everything outside the governed folders that was read. */
export interface AuditHeader {
  readonly engine: string;
  /** How treework was called: remedies name it. */
  readonly program: string;
  readonly environment: string;
  readonly root: string;
  readonly roots: readonly string[];
  /** What `auditScope` made of the paths that were asked about; empty for everything. */
  readonly scope: readonly string[];
  /** Digest at the end of git's index, and of the index that holds the audited work tree. */
  readonly index: string;
  readonly audited: string;
  /** How many directories the body tells of. */
  readonly directories: number;
  /** Absolute paths, each with what `stateOf` said of it. */
  readonly files: readonly (readonly [string, string])[];
}

export interface AuditAnswer {
  readonly exit: 0 | 1;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly coloredText: string;
}

/** What the header does not say. */
export interface AuditBody {
  readonly directories: readonly string[];
  /** mtime and ctime of each directory, in milliseconds. */
  readonly times: Float64Array;
  answer(): AuditAnswer;
}

/**
 * The bytes of a record after its header: the answer as JSON in ASCII, which V8 reads at twice the
 * speed, a line for itself; the times as float64; the directories with NUL between them.
 */
export function bodyBytes(directories: readonly string[], times: Float64Array, answer: AuditAnswer): Buffer {
  const json = JSON.stringify(answer).replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.concat([Buffer.from(`${json}\n`, 'latin1'), Buffer.from(times.buffer, times.byteOffset, times.byteLength), Buffer.from(directories.join('\0'))]);
}

/** What `bodyBytes` made of so many directories, from an offset to the end. Throws for what is not whole. */
export function bodyIn(bytes: Buffer, from: number, count: number): AuditBody {
  const end = bytes.indexOf('\n', from);
  const names = end + 1 + 2 * Float64Array.BYTES_PER_ELEMENT * count;
  const directories = bytes.toString('utf8', names).split('\0');
  if (end === -1 || directories.length !== count) throw new Error('the record of an audit breaks off');
  const times = new Float64Array(new Uint8Array(bytes.subarray(end + 1, names)).buffer);
  return { directories, times, answer: () => JSON.parse(bytes.toString('latin1', from, end)) as AuditAnswer };
}

/** Variables that show git another repository than the one on disk. */
const REDIRECTING = /^GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/;

/** Never under CI, where every verdict is given anew, and never where the environment redirects git. */
export function mayRemember(): boolean {
  return ['', '0', 'false'].includes(process.env.CI ?? '') && !isRedirected();
}

/** Whether the environment shows git another repository than the one on disk. */
export function isRedirected(): boolean {
  return Object.keys(process.env).some((name) => REDIRECTING.test(name));
}

/** What of the environment git's answers depend on. */
export function environmentKey(): string {
  const names = Object.keys(process.env).filter((name) => name.startsWith('GIT_') || ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME'].includes(name));
  return JSON.stringify(names.sort().map((name) => [name, process.env[name]]));
}

/** The files of one record of a worktree: the answer, and an index that holds the work tree it was given for. */
export function recordFiles({ gitDir, commonDir }: Pick<AuditPlace, 'gitDir' | 'commonDir'>, scope: readonly string[]): { folder: string; record: string; index: string } {
  const folder = join(commonDir, 'treework', 'audits');
  const worktree = gitDir === commonDir ? 'main' : join('worktrees', basename(gitDir));
  const name = scope.length === 0 ? worktree : `${worktree}.${shortHash(scope.join('\0'))}`;
  return { folder, record: join(folder, `${name}.audit`), index: join(folder, `${name}.index`) };
}

/**
 * The paths that were asked about, from the root of the work tree and as they are written: no link is
 * followed. Empty for everything; undefined for what lies outside.
 */
export function auditScope(root: string, cwd: string, paths: readonly string[]): readonly string[] | undefined {
  const fromRoot = paths.map((path) => relative(root, resolve(cwd, path)).split(sep).join('/'));
  if (fromRoot.some((path) => path === '..' || path.startsWith('../') || isAbsolute(path))) return undefined;
  return fromRoot.includes('') ? [] : [...new Set(fromRoot)].sort();
}

/** FNV-1a of UTF-16 units: two scopes with the same hash only take each other's place. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Changes whenever a file's content may have changed; '' when there is no such file. Links are followed. */
export function stateOf(path: string): string {
  const stat = statOf(path);
  return stat ? `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino} ${stat.mode}` : '';
}

export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * The digest of its content that an index ends with (Documentation/gitformat-index.txt), in
 * hexadecimal; undefined when there is no index or git was told to leave the digest out.
 */
export function indexDigest(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const end = Buffer.alloc(20);
    const size = fstatSync(file).size;
    if (size < 32 || readSync(file, end, 0, 20, size - 20) !== 20 || end.every((byte) => byte === 0)) return undefined;
    return end.toString('hex');
  } finally {
    closeSync(file);
  }
}
