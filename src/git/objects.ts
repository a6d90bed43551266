import { UserError } from '../error.ts';
import type { Entry, EntryType, Oid } from '../tree/tree.ts';
import { git, type GitOptions } from './run.ts';

export interface GitObject {
  readonly oid: Oid;
  readonly type: string;
  readonly content: Buffer;
}

const NEWLINE = 0x0a;

/**
 * Loads objects in one `cat-file --batch`. Names are oids or `<tree>:<path>`, without newlines.
 * The answer has one place per name, undefined where there is no such object.
 */
export function readObjects(names: readonly string[], options: GitOptions): (GitObject | undefined)[] {
  const { ahead } = options;
  const unknown = ahead ? names.filter((name) => !ahead.objects.has(name)) : names;
  if (unknown.length === 0) return names.map((name) => ahead?.objects.get(name));
  const read = parseObjects(git(['cat-file', '--batch'], { ...options, input: `${unknown.join('\n')}\n` }), unknown);
  if (unknown.length === names.length) return read;
  const answers = new Map(read.map((object, index) => [unknown[index] as string, object]));
  return names.map((name) => (answers.has(name) ? answers.get(name) : ahead?.objects.get(name)));
}

/** The answers of `cat-file --batch`, one for each name in order; undefined where there is no such object. */
export function parseObjects(output: Buffer, names: readonly string[]): (GitObject | undefined)[] {
  let offset = 0;
  return names.map(() => {
    const end = output.indexOf(NEWLINE, offset);
    const header = output.toString('utf8', offset, end).split(' ');
    offset = end + 1;
    const size = Number(header.at(-1));
    if (header.length !== 3 || !/^\d+$/.test(header[2] as string)) return undefined;
    const content = output.subarray(offset, offset + size);
    offset += size + 1;
    return { oid: header[0] as Oid, type: header[1] as string, content };
  });
}

/**
 * The entries of a tree object's raw content (git's own format: mode SP name NUL oid bytes). Throws a
 * UserError (`broken-tree`) for a name that stands twice: a checkout may hold the other one.
 */
export function parseTreeObject(content: Buffer, directory: string, oidBytes: number): Entry[] {
  const entries: Entry[] = [];
  const prefix = directory === '' ? '' : `${directory}/`;
  let offset = 0;
  while (offset < content.length) {
    const space = content.indexOf(0x20, offset);
    const nul = content.indexOf(0, space);
    const mode = content.toString('latin1', offset, space);
    const name = content.toString('utf8', space + 1, nul);
    offset = nul + 1 + oidBytes;
    entries.push({ path: prefix + name, type: entryType(mode), oid: content.toString('hex', nul + 1, offset) });
  }
  if (new Set(entries.map(({ path }) => path)).size < entries.length) {
    throw new UserError(`Unexpected tree that names one file twice (in ${directory || 'the root'}), expected each name once`, 'git fsck names the commit; on a server: git config receive.fsckObjects true', 'broken-tree');
  }
  return entries;
}

/** What a git file mode stands for. */
export function entryType(mode: string): EntryType {
  if (mode === '120000') return 'symlink';
  if (mode === '160000') return 'submodule';
  return mode === '40000' || mode === '040000' ? 'directory' : 'file';
}

/** Everything below `roots`, directories too, by one `ls-tree -r -t`. */
export function listRecursive(tree: Oid, roots: readonly string[], options: GitOptions): Entry[] {
  const paths = roots.includes('') ? [] : roots;
  const output = git(['ls-tree', '-r', '-t', '-z', '--full-tree', tree, '--', ...paths], options).toString();
  const entries: Entry[] = [];
  // Each item is `MODE TYPE OID<tab>PATH`.
  for (let at = 0; at < output.length; ) {
    const mode = output.indexOf(' ', at);
    const type = output.indexOf(' ', mode + 1);
    const tab = output.indexOf('\t', type);
    const end = output.indexOf('\0', tab);
    entries.push({ path: output.slice(tab + 1, end), type: entryType(output.slice(at, mode)), oid: output.slice(type + 1, tab) });
    at = end + 1;
  }
  return entries;
}
