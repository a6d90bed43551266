import semver from 'semver';
import type { Level, Reason } from './conventional-commit.ts';

type Data = Readonly<Record<string, unknown>>;

/** A manifest of a package at one moment, as data. */
export interface Manifest {
  readonly path: 'package.json' | 'pyproject.toml' | 'Cargo.toml';
  readonly data: Data;
}

/** What a package offers by name: what goes breaks those who use it, what comes is a feature. */
interface Offer {
  readonly name: string | undefined;
  /** What is offered, each with the words for it: `export ./a`. */
  readonly offered: ReadonlySet<string>;
  /** The oldest platform it runs on: words and a range of versions. */
  readonly platforms: ReadonlyMap<string, string>;
  /** What a higher least version of the platform means. */
  readonly platformLevel: Level;
}

/** The version that a manifest says; undefined where it says none. */
export function versionIn({ path, data }: Manifest): string | undefined {
  const version = path === 'package.json' ? data.version : path === 'Cargo.toml' ? mapping(data.package).version : (mapping(data.project).version ?? mapping(mapping(data.tool).poetry).version);
  return typeof version === 'string' && semver.valid(version) ? version : undefined;
}

/** How what packages offer has changed; those that are not offered to anybody (`private`) have no say. */
export function publicChange(before: readonly Manifest[], after: readonly Manifest[]): Reason[] {
  return before.flatMap((old) => {
    const now = after.find(({ path }) => path === old.path);
    if (old.path === 'package.json' && old.data.private === true && !now?.data.exports && !now?.data.bin) return [];
    if (!now) return [{ level: 'major', why: `${old.path} is gone` } as const];
    return differences(old.path, offerOf(old), offerOf(now));
  });
}

function differences(path: string, old: Offer, now: Offer): Reason[] {
  const reason = (level: Level, why: string): Reason => ({ level, why: `${path}: ${why}` });
  return [
    ...(old.name !== undefined && now.name !== old.name ? [reason('major', `the name ${old.name} became ${now.name ?? 'none'}`)] : []),
    ...[...old.offered].filter((one) => !now.offered.has(one)).map((one) => reason('major', `${one} is gone`)),
    ...[...now.offered].filter((one) => !old.offered.has(one)).map((one) => (one === CLOSED ? reason('major', 'exports came: other files can no longer be imported') : reason('minor', `${one} is new`))),
    ...[...now.platforms].filter(([name, range]) => isHigher(old.platforms.get(name), range)).map(([name, range]) => reason(now.platformLevel, `${name} ${range} is asked for now`)),
  ];
}

/** With `exports` no other file can be imported: its coming takes something away, and its going takes nothing. */
const CLOSED = 'the limit to what is exported';

function offerOf({ path, data }: Manifest): Offer {
  if (path === 'package.json') return ofNode(data);
  return path === 'Cargo.toml' ? ofCargo(data) : ofPython(data);
}

function ofNode(data: Data): Offer {
  const { name, exports, bin, engines, main } = data;
  const bins = typeof bin === 'string' ? [String(name).replace(/^@[^/]+\//, '')] : Object.keys(mapping(bin));
  const isClosed = exports !== undefined && exports !== null;
  const entries = isClosed ? entriesOf(exports) : typeof main === 'string' || data.module !== undefined ? ['export .'] : [];
  const node = mapping(engines).node;
  return { name: text(name), offered: new Set([...entries, ...(isClosed ? [CLOSED] : []), ...bins.map((one) => `program ${one}`)]), platforms: new Map(typeof node === 'string' ? [['node', node]] : []), platformLevel: 'major' };
}

/** `export ./path`, and with conditions also `export ./path for require`. */
function entriesOf(exports: unknown): string[] {
  const isByPath = Object.keys(mapping(exports)).some((key) => key.startsWith('.'));
  const paths = isByPath ? Object.entries(mapping(exports)) : [['.', exports] as const];
  return paths.flatMap(([path, target]) => {
    if (target === null) return [];
    const conditions = Object.keys(mapping(target)).filter((key) => key === 'require' || key === 'import');
    return [`export ${path}`, ...conditions.map((condition) => `export ${path} for ${condition}`)];
  });
}

function ofPython(data: Data): Offer {
  const project = mapping(data.project);
  const poetry = mapping(mapping(data.tool).poetry);
  const scripts = [project.scripts, project['gui-scripts'], poetry.scripts].flatMap((one) => Object.keys(mapping(one)));
  const points = Object.entries(mapping(project['entry-points'])).flatMap(([group, names]) => Object.keys(mapping(names)).map((name) => `entry point ${group}:${name}`));
  const extras = Object.keys(mapping(project['optional-dependencies'])).filter((name) => !/^(?:dev|test|tests|docs|lint)$/.test(name)).map((name) => `extra ${name}`);
  const python = text(project['requires-python']) ?? text(mapping(poetry.dependencies).python);
  return { name: text(project.name) ?? text(poetry.name), offered: new Set([...scripts.map((one) => `program ${one}`), ...points, ...extras]), platforms: new Map(python === undefined ? [] : [['python', python]]), platformLevel: 'minor' };
}

/** The Cargo book, "SemVer compatibility": a feature that goes breaks, a newer Rust is a minor change. */
function ofCargo(data: Data): Offer {
  const bins = Array.isArray(data.bin) ? data.bin.flatMap((one) => text(mapping(one).name) ?? []) : [];
  const features = Object.keys(mapping(data.features)).map((name) => `feature ${name}`);
  const rust = text(mapping(data.package)['rust-version']);
  return { name: text(mapping(data.package).name), offered: new Set([...bins.map((one) => `program ${one}`), ...features]), platforms: new Map(rust === undefined ? [] : [['rust', rust]]), platformLevel: 'minor' };
}

/** Whether the least version that a range allows has grown, or a limit came where there was none. */
function isHigher(old: string | undefined, now: string): boolean {
  const [before, after] = [old === undefined ? undefined : leastOf(old), leastOf(now)];
  if (after === undefined) return false;
  return before === undefined ? old === undefined : semver.gt(after, before);
}

function leastOf(range: string): semver.SemVer | undefined {
  const written = /(?:>=|\^|~=?|==)\s*([\d.]+)/.exec(range)?.[1] ?? range;
  return (semver.validRange(range) ? semver.minVersion(range) : undefined) ?? semver.coerce(written) ?? undefined;
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
