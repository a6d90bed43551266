import { packageOf } from '../documents/manifest.ts';
import { tomlIn } from '../documents/version-edit.ts';
import { UserError } from '../error.ts';
import { commitsSince, tagsIn, textsIn } from '../git/releases.ts';
import type { Repository } from '../git/repository.ts';
import type { Oid } from '../tree/tree.ts';
import { reasonsOf, type Reason, type ReleasedCommit } from '../workflow/conventional-commit.ts';
import { latestRelease, nextVersion, type NextVersion, type Release } from '../workflow/next-version.ts';
import { publicChange, versionIn, type Manifest } from '../workflow/public-change.ts';

const PATHS = ['package.json', 'pyproject.toml', 'Cargo.toml'] as const;

export interface VersionFacts {
  readonly answer: NextVersion;
  /** The last one in the commit's history. */
  readonly release: Release | undefined;
  /** Since then. */
  readonly commits: readonly ReleasedCommit[];
  readonly reasons: readonly Reason[];
  /** The first file that says a version, and which. */
  readonly manifest: { readonly path: string; readonly version: string } | undefined;
}

/** What the version after a commit follows from. Throws a UserError where history is cut or a manifest cannot be read. */
export function versionFacts(repository: Repository, tip: Oid): VersionFacts {
  const after = manifestsIn(repository, tip);
  const named = after.find(({ path }) => path === 'package.json');
  const release = latestRelease(tagsIn(repository, tip), typeof named?.data.name === 'string' ? named.data.name : undefined);
  const commits = commitsSince(repository, tip, release?.tag);
  const reasons = release ? [...publicChange(manifestsIn(repository, `refs/tags/${release.tag}`), after), ...reasonsOf(commits)] : [];
  const manifest = after.flatMap((one) => { const version = versionIn(one); return version === undefined ? [] : [{ path: one.path, version }]; })[0];
  return { answer: nextVersion(release, reasons, manifest), release, commits, reasons, manifest };
}

function manifestsIn(repository: Repository, revision: string): Manifest[] {
  return textsIn(repository, revision, PATHS).flatMap((text, index) => {
    const path = PATHS[index] as Manifest['path'];
    if (text === undefined) return [];
    const data = path === 'package.json' ? packageOf(text)?.data : tomlIn(text);
    if (!data) throw new UserError(`Unexpected content of ${path} in ${revision}, expected ${path === 'package.json' ? 'a JSON object' : 'TOML'}`, `mend ${path}; an older one that cannot be read is passed by a newer tag`, 'manifest');
    return [{ path, data }];
  });
}
