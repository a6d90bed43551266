import { UserError } from '../error.ts';

/** Where a branch is to be imported from. */
export type ImportSource =
  | { readonly kind: 'url'; readonly url: string; readonly branch: string }
  | { readonly kind: 'remote'; readonly remote: string; readonly branch: string }
  /** Whichever remote has it. */
  | { readonly kind: 'any'; readonly branch: string };

/** No branch's name has a colon, or begins like a path. */
const URL_LIKE = /^[^#]*:|^(?:\/|~|\.{1,2}\/)/;

/** Reads `BRANCH`, `REMOTE/BRANCH` or `URL#BRANCH`; `remotes`: the names there are. Throws a UserError for what can be none of these. */
export function importSource(given: string, remotes: readonly string[], program: string): ImportSource {
  if (!URL_LIKE.test(given)) {
    const name = given.replace(/^refs\/(?:heads|remotes)\//, '');
    const remote = remotes.filter((one) => name.startsWith(`${one}/`)).sort((a, b) => b.length - a.length)[0];
    return remote === undefined ? { kind: 'any', branch: name } : { kind: 'remote', remote, branch: name.slice(remote.length + 1) };
  }
  const at = given.indexOf('#');
  const [url, branch] = at === -1 ? [given, ''] : [given.slice(0, at), given.slice(at + 1).replace(/^refs\/heads\//, '')];
  if (/^[a-z][a-z0-9+.-]*::/i.test(url)) throw new UserError(`Unexpected address ${JSON.stringify(url)}, expected one that git itself knows how to reach`, `git remote add NAME ADDRESS, then ${program} import NAME/BRANCH`, 'import-address');
  if (branch === '') throw new UserError(`Unexpected address ${JSON.stringify(given)} without a branch, expected URL#BRANCH`, `git ls-remote --heads ADDRESS lists them; ${program} import ADDRESS#BRANCH`, 'import-address');
  return { kind: 'url', url, branch };
}

/** What a remote is called that a branch is imported from: its owner's name, of a path that of the folder. */
export function remoteNameFor(url: string, taken: readonly string[]): string {
  const parts = url.replace(/[/\\]+$/, '').split(/[/\\:]+/).filter((part) => part !== '');
  const word = (part: string | undefined) => part?.replace(/\.git$/, '').replace(/^.*@/, '').replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '') || undefined;
  const hasOwner = /^[a-z][a-z0-9+.-]*:\/\/[^/]|^[^/]+@[^/]+:/i.test(url) && parts.length > 2 && !/^file:/i.test(url);
  const [repository, owner] = [word(parts.at(-1)) ?? 'teammate', hasOwner ? word(parts.at(-2)) : undefined];
  const wanted = owner === undefined ? [repository] : [owner, `${owner}-${repository}`];
  const isFree = (name: string) => !taken.some((one) => one.toLowerCase() === name.toLowerCase() || one.startsWith(`${name}/`));
  for (let number = 2; ; number += 1) {
    const free = wanted.find(isFree);
    if (free !== undefined) return free;
    wanted.splice(0, wanted.length, `${owner ?? repository}-${number}`);
  }
}
