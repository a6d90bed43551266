import { join } from 'node:path';
import { crypto } from '../tree/crypto.ts';
import type { Oid } from '../tree/tree.ts';
import { pathExists, readBytes } from './files.ts';
import type { Repository } from './repository.ts';
import { itemsOf, linesOf, startGit } from './run.ts';
import { attempt, statOf } from './work-root.ts';

/** A branch or a linked work tree: what tickets can be held by. */
export interface Holder {
  readonly kind: 'branch' | 'remote' | 'tag' | 'worktree';
  /** Full name of the ref; of a work tree its folder, absolute. */
  readonly name: string;
  readonly commit: Oid;
  /** Of a work tree: full name of the branch that is checked out; undefined when HEAD is detached. */
  readonly branch: string | undefined;
}

export interface Refs {
  readonly holders: readonly Holder[];
  /** Symbolic refs (`refs/remotes/origin/HEAD`) and what they point at. */
  readonly symbolic: ReadonlyMap<string, string>;
}

const KINDS = { 'refs/heads/': 'branch', 'refs/remotes/': 'remote', 'refs/tags/': 'tag' } as const;

/** Local and remote-tracking branches, tags where they are asked for, by one `for-each-ref`. A ref whose commit is missing is listed too. */
export async function refHolders(repository: Repository, withTags: boolean): Promise<Refs> {
  const format = withTags ? '%(objectname)%00%(symref)%00%(refname)%00%(*objectname)' : '%(objectname)%00%(symref)%00%(refname)%00';
  const patterns = ['refs/heads', 'refs/remotes', ...(withTags ? ['refs/tags'] : [])];
  const lines = linesOf(await startGit(['for-each-ref', `--format=${format}`, ...patterns], repository.options));
  const holders: Holder[] = [];
  const symbolic = new Map<string, string>();
  for (const line of lines) {
    const [oid = '', target = '', name = '', peeled = ''] = line.split('\0');
    if (target !== '') symbolic.set(name, target);
    else holders.push({ kind: kindOf(name), name, commit: peeled || oid, branch: undefined });
  }
  return { holders, symbolic };
}

function kindOf(name: string): Holder['kind'] {
  for (const [prefix, kind] of Object.entries(KINDS)) if (name.startsWith(prefix)) return kind;
  return 'branch';
}

/** All work trees that stand on this disk, the main one too; one without a commit has an empty `commit`. */
export async function worktreeHolders(repository: Repository): Promise<Holder[]> {
  const holders: Holder[] = [];
  const output = await startGit(['worktree', 'list', '--porcelain', '-z'], repository.options);
  let facts: Record<string, string> = {};
  for (const item of itemsOf(output)) {
    if (item !== '') {
      const space = item.indexOf(' ');
      facts[space === -1 ? item : item.slice(0, space)] = space === -1 ? '' : item.slice(space + 1);
      continue;
    }
    const { worktree, HEAD: commit = '', branch } = facts;
    const isHere = worktree !== undefined && facts.bare === undefined && pathExists(join(worktree, '.git'));
    if (isHere) holders.push({ kind: 'worktree', name: worktree, commit: /^0*$/.test(commit) ? '' : commit, branch });
    facts = {};
  }
  return holders;
}

/** A file of a work tree that is not as HEAD has it; `content` is undefined when it is gone. */
export interface WrittenFile {
  readonly path: string;
  readonly oid: Oid;
  readonly content: Buffer | undefined;
}

/** The files that `git status` names in a work tree, as they stand there. */
export function writtenFiles(root: string, items: readonly string[], objectFormat: Repository['objectFormat']): WrittenFile[] {
  return items.flatMap((item) => {
    const path = item.slice(3);
    if (path.endsWith('/')) return [];
    const content = contentOf(join(root, path));
    return [{ path, oid: content ? blobOid(content, objectFormat) : '', content }];
  });
}

/** A regular file's content; of one that may not be read nothing, which is no document. */
function contentOf(path: string): Buffer | undefined {
  return statOf(path)?.isFile() ? (attempt(() => readBytes(path)) ?? Buffer.alloc(0)) : undefined;
}

/** The id that git gives a content. */
function blobOid(content: Buffer, objectFormat: Repository['objectFormat']): Oid {
  return crypto().createHash(objectFormat).update(`blob ${content.length}\0`).update(content).digest('hex');
}
