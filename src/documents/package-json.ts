import { isDeepStrictEqual } from 'node:util';

/** What a package.json says that matters for hooks. */
export interface PackageFacts {
  readonly prepare: string | undefined;
  /** Whether a script that npm runs on install names this program. */
  runsOnInstall(program: string): boolean;
  /** Whether treework, husky or lint-staged is a dependency of any sort. */
  has(dependency: string): boolean;
  /** The `lint-staged` key; undefined when absent. */
  readonly lintStaged: unknown;
}

const ON_INSTALL = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

type Json = Record<string, unknown>;

/** undefined when the text is no JSON object. */
export function packageFacts(text: string): PackageFacts | undefined {
  const data = parsed(text);
  if (data === undefined) return undefined;
  const prepare = asObject(data.scripts).prepare;
  return {
    prepare: typeof prepare === 'string' ? prepare : undefined,
    runsOnInstall: (program) => ON_INSTALL.some((name) => String(asObject(data.scripts)[name] ?? '').split(/[^\w-]+/).includes(program)),
    has: (name) => ['dependencies', 'devDependencies', 'optionalDependencies'].some((key) => Object.hasOwn(asObject(data[key]), name)),
    lintStaged: data['lint-staged'],
  };
}

/** The text with another `scripts.prepare`, every other byte kept; undefined when that cannot be done surely. */
export function withPrepare(text: string, prepare: string): string | undefined {
  const data = parsed(text);
  if (data === undefined || typeof asObject(data.scripts).prepare !== 'string') return undefined;
  const expected = { ...data, scripts: { ...asObject(data.scripts), prepare } };
  const places = [...text.matchAll(/("prepare"\s*:\s*)"(?:[^"\\]|\\.)*"/g)];
  return places
    .map((place) => splice(text, place.index + (place[1] as string).length, place.index + place[0].length, JSON.stringify(prepare)))
    .find((edited) => isDeepStrictEqual(parsed(edited), expected));
}

/** The text with one more task in `lint-staged` (the key is made when absent), every other byte kept; undefined when that cannot be done surely. */
export function withLintStaged(text: string, pattern: string, task: string): string | undefined {
  const data = parsed(text);
  if (data === undefined || (data['lint-staged'] !== undefined && !isObject(data['lint-staged']))) return undefined;
  const tasks = asObject(data['lint-staged']);
  if (Object.hasOwn(tasks, pattern)) return undefined;
  const expected = { ...data, 'lint-staged': { ...tasks, [pattern]: task } };
  const { entry, key } = spelled(text, pattern, task);
  const last = text.slice(0, text.lastIndexOf('}')).trimEnd().length;
  const made = splice(text, last, last, `${Object.keys(data).length > 0 ? ',' : ''}${key}`);
  const added = [...text.matchAll(/"lint-staged"\s*:\s*\{/g)].map(({ index, 0: { length } }) => splice(text, index + length, index + length, `${entry},`));
  return [made, ...added].find((edited) => isDeepStrictEqual(parsed(edited), expected));
}

/** The text from which `withLintStaged` made this one; undefined when it did not, or was edited since. */
export function withoutLintStaged(text: string, pattern: string, task: string): string | undefined {
  const { entry, key } = spelled(text, pattern, task);
  return [`,${key}`, key, `${entry},`].map((part) => text.replace(part, () => '')).find((before) => before !== text && withLintStaged(before, pattern, task) === text);
}

/** One task, and the whole key with that task alone, as they stand in this file's own layout. */
function spelled(text: string, pattern: string, task: string): { entry: string; key: string } {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indents = [...text.matchAll(/^[ \t]+(?=")/gm)].map(([spaces]) => spaces);
  const indent = indents.sort((a, b) => a.length - b.length)[0] ?? '  ';
  const entry = `${newline}${indent}${indent}${JSON.stringify(pattern)}: ${JSON.stringify(task)}`;
  return { entry, key: `${newline}${indent}"lint-staged": {${entry}${newline}${indent}}` };
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

function parsed(text: string): Json | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return isObject(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
