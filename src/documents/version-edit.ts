import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml } from 'smol-toml';

type Data = Record<string, unknown>;

/** Files that say a package's version at the root of its repository; lock files repeat it. */
export const VERSION_FILES = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'Cargo.toml', 'Cargo.lock', 'pyproject.toml'] as const;

/** The texts of those of `VERSION_FILES` that are there. */
export type VersionTexts = ReadonlyMap<string, string>;

/**
 * Those of the files that have to change to say `version`, with every other byte kept. A file that says
 * no version gets none; a lock file says it of this package alone, never of a dependency. undefined as a
 * text: it cannot be done surely.
 */
export function versionEdits(files: VersionTexts, version: string): Map<string, string | undefined> {
  const crate = text(mapping(tomlIn(files.get('Cargo.toml') ?? '')?.package).name);
  const edits = new Map<string, string | undefined>();
  for (const [path, before] of files) {
    const places = placesIn(path, dataOf(path, before), crate);
    if (places === undefined) edits.set(path, undefined);
    else if (places.some((place) => valueAt(dataOf(path, before), place) !== version)) edits.set(path, edited(path, before, places, version));
  }
  return edits;
}

type Place = readonly (string | number)[];

/** Where a file says it; undefined where the file cannot be read. */
function placesIn(path: string, data: Data | undefined, crate: string | undefined): Place[] | undefined {
  if (!data) return undefined;
  const says = (place: Place) => typeof valueAt(data, place) === 'string';
  if (path === 'Cargo.lock') {
    const packages = Array.isArray(data.package) ? data.package : [];
    const own = packages.findIndex((one) => crate !== undefined && mapping(one).name === crate && mapping(one).source === undefined);
    return own === -1 ? [] : [['package', own, 'version']];
  }
  if (path === 'Cargo.toml') return [['package', 'version']].filter(says);
  if (path === 'pyproject.toml') return [['project', 'version'], ['tool', 'poetry', 'version']].filter(says);
  return [['version'], ...(path === 'package.json' ? [] : [['packages', '', 'version']])].filter(says);
}

/** The values are exchanged one by one. */
function edited(path: string, before: string, places: readonly Place[], version: string): string | undefined {
  return places.reduce<string | undefined>((text, place) => (text === undefined ? undefined : exchanged(path, text, place, version)), before);
}

/** With the value at one place exchanged, where that changes this value and nothing else. */
function exchanged(path: string, before: string, place: Place, version: string): string | undefined {
  const expected = copyOf(path, before) as Data;
  assign(expected, place, version);
  const candidates = [...before.matchAll(path.endsWith('.json') ? JSON_VERSION : TOML_VERSION)].map(({ 0: found, 1: lead = '', index }) => before.slice(0, index + lead.length) + version + before.slice(index + found.length - 1));
  return [before, ...candidates].find((text) => isDeepStrictEqual(copyOf(path, text), expected));
}

/** Of objects as any other has them: what reads TOML makes its own. */
function copyOf(path: string, content: string): Data | undefined {
  return structuredClone(dataOf(path, content));
}

/** Up to the opening quote, then the value, then the closing quote. */
const JSON_VERSION = /("version"\s*:\s*")(?:[^"\\]|\\.)*"/g;
const TOML_VERSION = /((?:^|[\n{,])[ \t]*(?:"version"|version)[ \t]*=[ \t]*["'])[^"'\n]*["']/g;

function dataOf(path: string, content: string): Data | undefined {
  return path.endsWith('.json') ? jsonIn(content) : tomlIn(content);
}

function jsonIn(content: string): Data | undefined {
  try {
    const data: unknown = JSON.parse(content.replace(/^\ufeff/, ''));
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Data) : undefined;
  } catch {
    return undefined;
  }
}

/** The data of a TOML document; undefined where it is none. */
export function tomlIn(content: string): Data | undefined {
  try {
    return parseToml(content) as Data;
  } catch {
    return undefined;
  }
}

function valueAt(data: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined), data);
}

function assign(data: Data, place: Place, value: string): void {
  const holder = valueAt(data, place.slice(0, -1)) as Record<string | number, unknown>;
  holder[place.at(-1) as string | number] = value;
}

function mapping(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
