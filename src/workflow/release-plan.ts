import semver from 'semver';
import type { Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { branchPattern, fitsBranchPattern } from './branch-names.ts';
import type { Release } from './next-version.ts';

export type ReleaseType = 'release' | 'hotfix';

type Flow = Pick<Settings, 'branches' | 'flow'>;

/** The branch of a version: WORKSPACE.md's pattern, else `release/1.4.0` and `hotfix/1.4.1`. Throws a UserError for a pattern that does not say the version: two releases could not be told apart. */
export function releaseBranch(settings: Flow, type: ReleaseType, version: string): string {
  const pattern = patternOf(settings, type);
  const name = pattern.replaceAll(/\{(?:version|slug)\}/g, version);
  if (name.includes(version) && !name.includes('{')) return name;
  throw new UserError(`Unexpected pattern ${pattern} of ${type} branches, expected {version} in it and nothing else to fill in`, `branches: {${type}: '${type}/{version}'} in WORKSPACE.md`, 'branch-pattern');
}

/** What a branch's name says: a release or a hotfix, and of which version; undefined for any other branch. */
export function releaseOfBranch(settings: Flow, branch: string): { readonly type: ReleaseType; readonly version: string } | undefined {
  for (const type of ['release', 'hotfix'] as const) {
    const pattern = patternOf(settings, type);
    if (!fitsBranchPattern(branch, pattern)) continue;
    const [before = '', after = ''] = pattern.split(/\{[^{}]*\}/);
    const version = semver.valid(branch.slice(before.length, branch.length - after.length));
    if (version !== null) return { type, version };
  }
  return undefined;
}

function patternOf(settings: Flow, type: ReleaseType): string {
  return branchPattern(type, settings) ?? `${type}/{version}`;
}

/** The tag of a version, written as the last one was: `v1.4.0`, `1.4.0`, `name@1.4.0`; the first one `v0.1.0`. */
export function tagOf(version: string, last: Release | undefined): string {
  return last === undefined ? `v${version}` : last.tag.slice(0, last.tag.length - last.version.length) + version;
}

/**
 * The version that is asked for, else the one that the changes ask for; of a hotfix at least the next
 * patch. Throws a UserError for one that is no semantic version or not above the last, and where nothing
 * asks for any.
 */
export function versionOfRelease(asked: string | undefined, computed: string | null, last: Release | undefined, type: ReleaseType): string {
  if (asked !== undefined) {
    const version = semver.valid(asked);
    if (version === null) throw new UserError(`Unexpected version ${JSON.stringify(asked)}, expected a semantic one such as 1.4.0`, 'leave it out, and the commits say it', 'version');
    if (last && semver.lte(version, last.version)) throw new UserError(`Unexpected version ${version}, expected one above ${last.version} (tag ${last.tag})`, 'leave it out, and the commits say it', 'version');
    return version;
  }
  if (computed !== null) return computed;
  if (type === 'hotfix' && last) return semver.inc(last.version, 'patch') as string;
  throw new UserError(`Unexpected release without changes: nothing that anybody would notice has changed since ${last?.tag ?? 'the beginning'}`, 'name the version to release all the same, such as release 1.4.0', 'nothing-to-release');
}
