import semver from 'semver';
import type { Level, Reason } from './conventional-commit.ts';

export interface Release {
  readonly tag: string;
  readonly version: string;
}

export interface NextVersion {
  readonly current: string | null;
  readonly next: string | null;
  readonly bump: Level | null;
  /** What stands beside the numbers. */
  readonly notes: readonly string[];
}

const ORDER: readonly Level[] = ['major', 'minor', 'patch'];

/** The highest version among tags: `1.2.3`, `v1.2.3`, and of the package's own name `name@1.2.3`. */
export function latestRelease(tags: readonly string[], name: string | undefined): Release | undefined {
  const prefixes = ['', 'v', ...(name === undefined ? [] : [`${name}@`, `${name}-v`, `${name}/v`])];
  const releases = tags.flatMap((tag) => {
    const prefix = prefixes.find((one) => tag.startsWith(one) && semver.valid(tag.slice(one.length)) !== null && /^\d/.test(tag.slice(one.length)));
    return prefix === undefined ? [] : [{ tag, version: semver.valid(tag.slice(prefix.length)) as string }];
  });
  return releases.sort((a, b) => semver.rcompare(a.version, b.version))[0];
}

/**
 * The next version by Semantic Versioning 2.0.0: the furthest step that any reason asks for. Before
 * 1.0.0 a breaking change is a minor step. What a manifest says already holds where it is far enough.
 */
export function nextVersion(release: Release | undefined, reasons: readonly Reason[], manifest: { readonly path: string; readonly version: string } | undefined): NextVersion {
  if (!release) {
    const next = manifest?.version ?? '0.1.0';
    return { current: null, next, bump: null, notes: [`no tag says what was released: ${manifest ? `${manifest.path} says ${next}` : 'a beginning'}`] };
  }
  const { version } = release;
  const asked = ORDER.find((level) => reasons.some((reason) => reason.level === level));
  const isEarly = semver.major(version) === 0 && semver.prerelease(version) === null;
  const bump = asked === 'major' && isEarly ? 'minor' : asked;
  const computed = bump === undefined ? undefined : (semver.inc(version, bump) as string);
  const said = manifest && semver.gt(manifest.version, version) ? manifest : undefined;
  const notes = [
    ...(asked === 'major' && isEarly ? ['before 1.0.0 a breaking change is a minor step'] : []),
    ...(said && computed !== undefined && semver.lt(said.version, computed) ? [`${said.path} says ${said.version}, less than the changes ask for`] : []),
    ...(said && (computed === undefined || semver.gte(said.version, computed)) ? [`${said.path} says ${said.version} already`] : []),
    ...(manifest && semver.lt(manifest.version, version) ? [`${manifest.path} says ${manifest.version}, less than the tag ${release.tag}`] : []),
  ];
  const next = said && (computed === undefined || semver.gte(said.version, computed)) ? said.version : (computed ?? null);
  return { current: version, next, bump: next === null ? null : stepBetween(version, next), notes };
}

function stepBetween(version: string, next: string): Level {
  const step = semver.diff(version, next) ?? 'patch';
  return ORDER.find((level) => step.endsWith(level)) ?? 'patch';
}
