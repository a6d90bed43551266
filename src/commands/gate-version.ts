import { parse as parseToml } from 'smol-toml';
import { packageOf } from '../documents/manifest.ts';
import { UserError } from '../error.ts';
import { requireCommit } from '../git/history.ts';
import { commitsSince, tagsIn, textsIn } from '../git/releases.ts';
import { Repository } from '../git/repository.ts';
import { reasonsOf, type Reason } from '../workflow/conventional-commit.ts';
import { latestRelease, nextVersion, type NextVersion, type Release } from '../workflow/next-version.ts';
import { publicChange, versionIn, type Manifest } from '../workflow/public-change.ts';
import type { Invocation, Outcome } from './command.ts';

const PATHS = ['package.json', 'pyproject.toml', 'Cargo.toml'] as const;
const MOST_SHOWN = 20;

/** The version that comes next, from the commits since the last tag and from what the packages offer. */
export async function versionGate({ cwd }: Invocation): Promise<Outcome> {
  const repository = Repository.open(cwd);
  const tip = requireCommit(repository, 'HEAD');
  const after = manifestsIn(repository, tip);
  const named = after.find(({ path }) => path === 'package.json');
  const release = latestRelease(tagsIn(repository, tip), typeof named?.data.name === 'string' ? named.data.name : undefined);
  const commits = commitsSince(repository, tip, release?.tag);
  const reasons = release ? [...publicChange(manifestsIn(repository, `refs/tags/${release.tag}`), after), ...reasonsOf(commits)] : [];
  const manifest = after.flatMap((one) => { const version = versionIn(one); return version === undefined ? [] : [{ path: one.path, version }]; })[0];
  const answer = nextVersion(release, reasons, manifest);
  return {
    exit: 0,
    json: { ...answer, tag: release?.tag ?? null, manifest: manifest ?? null, commits: commits.length, reasons: reasons.map(({ level, why, commit }) => ({ level: level ?? null, why, ...(commit !== undefined && { commit }) })) },
    text: () => lines(answer, release, reasons).join('\n'),
  };
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

function tomlIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

function lines({ current, next, bump, notes }: NextVersion, release: Release | undefined, reasons: readonly Reason[]): string[] {
  const asking = reasons.filter(({ level }) => level !== undefined);
  const quiet = reasons.length - asking.length;
  const shown = ['major', 'minor', 'patch'].flatMap((level) => asking.filter((reason) => reason.level === level));
  return [
    `current   ${current ?? 'none'}${release ? ` (tag ${release.tag})` : ''}`,
    `next      ${next === null ? 'none: nothing that anybody would notice has changed' : `${next}${bump === null ? '' : ` (${bump})`}`}`,
    ...notes.map((note) => `          ${note}`),
    ...shown.slice(0, MOST_SHOWN).map(({ level, why, commit }) => `  ${(level as string).padEnd(7)} ${commit === undefined ? '' : `${commit.slice(0, 8)} `}${why}`),
    ...(shown.length > MOST_SHOWN ? [`  and ${shown.length - MOST_SHOWN} more`] : []),
    ...(quiet > 0 ? [`  ${quiet} ${quiet === 1 ? 'commit asks' : 'commits ask'} for no version`] : []),
  ];
}
