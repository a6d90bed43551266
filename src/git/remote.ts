import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A repository that branches are pushed to. */
export interface Remote {
  readonly name: string;
  readonly url: string;
}

/** The remote that work is shared through: what git's own `checkout.defaultRemote` names, else `origin`, else the only one; undefined where there is none. */
export function sharedRemote(repository: Repository): Remote | undefined {
  const listed = repository.tryGit(['config', '--null', '--get-regexp', '^(remote\\..*\\.url|checkout\\.defaultremote)$']).stdout.toString().split('\0');
  const entries = listed.map((item) => [item.slice(0, item.indexOf('\n')), item.slice(item.indexOf('\n') + 1)] as const);
  const remotes = entries.flatMap(([key, url]) => (key.startsWith('remote.') ? [{ name: key.slice('remote.'.length, -'.url'.length), url }] : []));
  const preferred = entries.find(([key]) => key === 'checkout.defaultremote')?.[1];
  const named = remotes.find(({ name }) => name === preferred) ?? remotes.find(({ name }) => name === 'origin');
  return named ?? (remotes.length === 1 ? remotes[0] : undefined);
}

/** Refs of a remote as it has them now, by full name, those that one of the patterns names. Throws a UserError (`unreachable`). */
export function remoteRefs(repository: Repository, remote: Remote, patterns: readonly string[]): Map<string, Oid> {
  const { status, stdout, stderr } = repository.tryGit(['ls-remote', '--quiet', '--refs', '--', remote.name, ...patterns]);
  if (status !== 0) throw unreachable(remote, stderr);
  return new Map(linesOf(stdout).map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
}

/** Brings what refs of a remote hold here, as objects alone: no ref moves. Throws a UserError (`unreachable`). */
export function fetchRefs(repository: Repository, remote: Remote, refs: readonly string[]): void {
  const { status, stderr } = repository.tryGit(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--no-recurse-submodules', '--', remote.name, ...refs]);
  if (status !== 0) throw unreachable(remote, stderr);
}

/** A ref to move: from what it has to be still (undefined: it must not exist) to where. */
export interface RefMove {
  readonly ref: string;
  readonly from: Oid | undefined;
  readonly to: Oid;
}

/**
 * Moves refs of a remote all at once, each only where it is what it was. No hook of this clone runs;
 * those of the server do. Undefined where it did; else what git says.
 */
export function pushMoves(repository: Repository, remote: Remote, moves: readonly RefMove[]): string | undefined {
  const leases = moves.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
  const specs = moves.map(({ ref, to }) => `${to}:${ref}`);
  const { status, stdout, stderr } = repository.tryGit(['push', '--quiet', '--porcelain', '--no-verify', '--no-follow-tags', '--no-recurse-submodules', ...(moves.length > 1 ? ['--atomic'] : []), ...leases, '--', remote.name, ...specs]);
  return status === 0 ? undefined : `${stdout.toString()}${stderr}`.trim() || `git push exits ${status}`;
}

function unreachable(remote: Remote, said: string): UserError {
  return new UserError(`Unexpected answer of the remote ${remote.name}: ${said.split('\n').find((line) => line.trim() !== '' && !/^(?:hint|warning):/.test(line))?.trim() ?? 'none'}`, `git ls-remote ${/^[\w.-]+$/.test(remote.name) ? remote.name : 'REMOTE'} says more; try again when it can be reached`, 'unreachable');
}
