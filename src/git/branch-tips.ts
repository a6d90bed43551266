import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { pathExists, readText } from './files.ts';
import { refsOf } from './ref-files.ts';
import type { Repository } from './repository.ts';

/** A branch here, or as a remote had it when it was fetched last. */
export interface BranchTip {
  /** Short, without the remote: `PROJ-7--x`. */
  readonly name: string;
  /** The remote's name; undefined for a local branch. */
  readonly remote: string | undefined;
  /** Full name of the ref. */
  readonly ref: string;
  readonly commit: Oid;
}

export interface BranchTips {
  /** Local ones first. */
  readonly tips: readonly BranchTip[];
  /** The branch that origin says is its default; undefined where it was never told. */
  readonly defaultBranch: string | undefined;
}

/** All local and remote-tracking branches; starts git only where refs are kept in another form than files. */
export function branchTips(repository: Repository): BranchTips {
  const tips = refsOf(repository).flatMap(({ name: ref, oid: commit }): BranchTip[] => {
    const [, remote, name] = /^refs\/(?:heads|remotes\/([^/]+))\/(.+)$/.exec(ref) ?? [];
    return name === undefined || (remote !== undefined && name === 'HEAD') ? [] : [{ name, remote, ref, commit }];
  });
  const head = symbolicRef(repository, 'refs/remotes/origin/HEAD');
  return { tips, defaultBranch: head?.replace('refs/remotes/origin/', '') };
}

function symbolicRef(repository: Repository, name: string): string | undefined {
  const text = readText(join(repository.commonDir, name));
  if (text !== undefined) return /^ref: (.+?)\s*$/.exec(text)?.[1];
  if (!pathExists(join(repository.commonDir, 'reftable'))) return undefined;
  const { status, stdout } = repository.tryGit(['symbolic-ref', '--quiet', name]);
  return status === 0 ? stdout.toString().trim() : undefined;
}
