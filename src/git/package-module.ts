import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { directoriesIn, readText, realFolder } from './files.ts';

/** Address of an npm package's module, as `import` finds it from a folder; undefined where it is not installed or has no such entry. */
export function moduleOf(folder: string, name: string): string | undefined {
  for (let at = resolve(folder); ; at = resolve(at, '..')) {
    const home = join(at, 'node_modules', ...name.split('/'));
    const manifest = readText(join(home, 'package.json'));
    if (manifest !== undefined) return entryOf(realFolder(home), manifest);
    if (resolve(at, '..') === at) return undefined;
  }
}

/** Names of installed packages that look like providers for treework. */
export function providersInstalled(folder: string): string[] {
  const names = directoriesIn(join(folder, 'node_modules'));
  const scoped = names.filter((name) => name.startsWith('@')).flatMap((scope) => directoriesIn(join(folder, 'node_modules', scope)).map((name) => `${scope}/${name}`));
  return [...names, ...scoped].filter((name) => /(?:^|\/)treework-provider-/.test(name)).sort();
}

function entryOf(home: string, manifest: string): string | undefined {
  let data: { readonly exports?: unknown; readonly main?: unknown; readonly module?: unknown };
  try {
    data = JSON.parse(manifest) as typeof data;
  } catch {
    return undefined;
  }
  const named = data.exports === undefined ? (data.main ?? 'index.js') : target(data.exports);
  if (typeof named !== 'string') return undefined;
  const path = resolve(home, named);
  return path.startsWith(home + sep) ? pathToFileURL(path).href : undefined;
}

/** What `.` of a package's `exports` leads to for an import in node (nodejs.org/api/packages.html, "Conditional exports"). */
function target(given: unknown): unknown {
  if (typeof given === 'string') return given;
  if (Array.isArray(given)) return given.map(target).find((one) => one !== undefined);
  if (typeof given !== 'object' || given === null) return undefined;
  const conditions = given as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(conditions, '.')) return target(conditions['.']);
  for (const [name, value] of Object.entries(conditions)) {
    const found = ['import', 'node', 'module-sync', 'default'].includes(name) ? target(value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
