import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { environmentKey, indexDigest, mayRemember, recordFiles, stateOf, statOf, type AuditAnswer, type AuditBody, type AuditHeader, type AuditPlace } from './audit-state.ts';
import { timesReader } from './directory-times.ts';
import { environmentOf } from './run.ts';

/**
 * The answer of the last audit of the work tree that `cwd` is in, when nothing has changed since
 * then that an audit reads; undefined when an audit has to find out. Reads no document: git compares
 * the files with an index of the audited work tree, while the times of the directories tell whether
 * anything came or went. Stays small: it is loaded instead of the engine.
 */
export async function recallAudit(cwd: string, engine: string, program: string): Promise<AuditAnswer | undefined> {
  if (!mayRemember()) return undefined;
  const place = placeOf(cwd);
  const record = place && readRecord(place, engine, program);
  if (!record) return undefined;
  const { header, body } = record;
  const { index } = recordFiles(place);
  const listing = listModified(header, index);
  const isSame = indexDigest(join(place.gitDir, 'index')) === header.index && header.files.every(([path, state]) => stateOf(path) === state) && areSame(header.root, body());
  if (!isSame) listing.child.kill();
  // Another process may have put the index of its own audit there meanwhile: hence asked last.
  return (await listing.isEmpty) && isSame && indexDigest(index) === header.audited ? body()?.answer : undefined;
}

/** The repository as git finds it in plain cases; undefined in all others. */
function placeOf(cwd: string): AuditPlace | undefined {
  let folder: string;
  try {
    folder = realpathSync(cwd);
  } catch {
    return undefined;
  }
  for (;;) {
    const git = statOf(join(folder, '.git'));
    if (git) return inFolder(folder, git.isDirectory());
    // It may be a bare repository, or the inside of one.
    if (existsSync(join(folder, 'HEAD')) || dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}

function inFolder(root: string, isMain: boolean): AuditPlace | undefined {
  const dotGit = join(root, '.git');
  if (isMain) return { root, gitDir: realpathSync(dotGit), commonDir: realpathSync(dotGit) };
  try {
    const [, path] = /^gitdir: (.+?)\n*$/.exec(readFileSync(dotGit, 'utf8')) ?? [];
    if (path === undefined) return undefined;
    const gitDir = realpathSync(resolve(root, path));
    const common = join(gitDir, 'commondir');
    return { root, gitDir, commonDir: existsSync(common) ? realpathSync(resolve(gitDir, readFileSync(common, 'utf8').trimEnd())) : gitDir };
  } catch {
    return undefined;
  }
}

/** The body is parsed when it is asked for: git runs meanwhile. */
function readRecord(place: AuditPlace, engine: string, program: string): { header: AuditHeader; body: () => AuditBody | undefined } | undefined {
  try {
    const text = readFileSync(recordFiles(place).record, 'utf8');
    const end = text.indexOf('\n');
    const header = parsed<AuditHeader>(text.slice(0, end));
    if (header?.engine !== engine || header.program !== program || header.root !== place.root || header.environment !== environmentKey()) return undefined;
    let body: AuditBody | undefined;
    return { header, body: () => (body ??= parsed<AuditBody>(text.slice(end + 1))) };
  } catch {
    return undefined;
  }
}

/** undefined for what is not whole: an audit finds out. */
function parsed<T>(json: string): T | undefined {
  try {
    return JSON.parse(json) as T;
  } catch {
    return undefined;
  }
}

/** Settings that let git trust less than all it knows of a file would leave edits unseen. */
const STRICT = ['core.trustctime=true', 'core.checkStat=default', 'core.fsmonitor=false'].flatMap((setting) => ['-c', setting]);

/** Starts git on the files that differ from the audited ones; it compares contents where times cannot tell. */
function listModified({ root, roots }: AuditHeader, index: string): { child: ChildProcess; isEmpty: Promise<boolean> } {
  const paths = roots.includes('') ? [] : roots;
  const env = environmentOf({ cwd: root, env: { GIT_INDEX_FILE: index } });
  const child = spawn('git', [...STRICT, 'ls-files', '-z', '--modified', '--', ...paths], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  let isSilent = true;
  child.stdout.on('data', () => (isSilent = false));
  const isEmpty = new Promise<boolean>((done) => {
    child.on('error', () => done(false));
    child.on('close', (status) => done(status === 0 && isSilent));
  });
  return { child, isEmpty };
}

/** Whether no directory has gained or lost an entry. */
function areSame(root: string, body: AuditBody | undefined): boolean {
  if (!body) return false;
  const { directories } = body;
  const bytes = Buffer.from(body.times, 'base64');
  const known = new Float64Array(new Uint8Array(bytes).buffer);
  const timesOf = timesReader(root);
  return directories.every((directory, at) => {
    const times = timesOf(`${root}/${directory}`);
    return times !== undefined && times[0] === known[2 * at] && times[1] === known[2 * at + 1];
  });
}
