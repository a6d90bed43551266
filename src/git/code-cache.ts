import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import { Script } from 'node:vm';
import { optimise } from './v8-flags.ts';

/** Node's loader of CommonJS, as far as it is open (lib/internal/modules/cjs/loader.js). */
interface Loader {
  new (path: string): NodeJS.Module;
  readonly prototype: { _compile(this: NodeJS.Module, code: string, path: string, ...more: unknown[]): unknown };
}

/** Compiling is nothing to a call that takes longer than this: it leaves the writing to a shorter one. */
const LONG_MS = 600;

const load = createRequire(import.meta.url);

/** What of one program file V8 compiled, and where it stands in the cache. */
type Index = readonly (readonly [name: string, offset: number, length: number])[];

/**
 * Lets the files of this program (those beside `program`) be taken from code that V8 compiled at an
 * earlier call of the same `name`: compiling takes a verb that reads one ticket a third of its time.
 * The code is kept in `folder`, which may not exist and is not made without its parent, and is
 * written when the process ends, where a file was loaded that is not in it, or refused, and it was not
 * long. V8 itself refuses code of another source length, version or processor; `build`, node's version
 * and the flags it was given are in the file's name. A failure costs time, nothing else.
 */
export function keepCompiledCode(folder: string, name: string, build: string, program: string): void {
  const file = join(folder, `${name}.${build}-${process.version}-${process.arch}${givenFlags()}`);
  const known = readCache(file);
  const scripts = new Map<string, Script>();
  const Module = loader();
  const { prototype } = Module;
  const compile = prototype._compile;
  const home = dirname(program);
  prototype._compile = function compileKnown(code, path, ...more) {
    return dirname(path) === home && !isImporter(path) ? run(this, code, path) : compile.call(this, code, path, ...more);
  };
  process.on('exit', () => {
    // Where some of it was taken, the rest was refused for the flags of the moment alone (`optimise`).
    const isTaken = [...scripts.values()].some((script) => script.cachedDataRejected === false);
    const usable = isTaken ? known : new Map([...known].filter(([one]) => scripts.get(one)?.cachedDataRejected !== true));
    if (processorTime() < LONG_MS && [...scripts.keys()].some((one) => !usable.has(one))) writeCache(file, usable, scripts);
  });

  function run(module: NodeJS.Module, code: string, path: string): unknown {
    // Node itself passes over the first line of a program.
    const body = code.startsWith('#!') ? `//${code}` : code;
    const script = new Script(`(function (exports, require, module, __filename, __dirname) {${body}\n})`, { filename: path, cachedData: known.get(basename(path)) });
    scripts.set(basename(path), script);
    const wrapped = script.runInThisContext() as (...given: unknown[]) => unknown;
    return wrapped.call(module.exports, module.exports, require, module, path, home);
  }

  /** Files beside the program are found without looking for them: node asks the file system several times for each. */
  function require(id: string): unknown {
    if (!id.startsWith('./') || id.includes('/', 2) || isImporter(id)) return load(id);
    // `join` looks at every character of a path that is known to be plain.
    const path = `${home}${sep}${id.slice(2)}`;
    const loaded = load.cache[path];
    if (loaded) return loaded.exports;
    const module = new Module(path);
    load.cache[path] = module;
    try {
      module.filename = path;
      run(module, readFileSync(path, 'utf8'), path);
      module.loaded = true;
    } catch (error) {
      delete load.cache[path];
      throw error;
    }
    return module.exports;
  }
}

/** What `node:module` exports, without loading it: that brings node's loader of ES modules along. */
function loader(): Loader {
  return (process.mainModule?.constructor ?? load('node:module')) as Loader;
}

/** V8 takes code back only under the flags it was made with. */
function givenFlags(): string {
  const isPlain = process.execArgv.length === 0 && (process.env.NODE_OPTIONS ?? '') === '';
  return isPlain ? '' : `-${(load('node:v8') as typeof import('node:v8')).cachedDataVersionTag().toString(36)}`;
}

/** What loads other people's packages has to be node's own: code from a cache may not. */
function isImporter(path: string): boolean {
  return basename(path).startsWith('import-package');
}

/** In milliseconds: a busy machine makes no run a long one. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readCache(file: string): ReadonlyMap<string, Buffer> {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf('\n');
    const index = JSON.parse(bytes.toString('latin1', 0, end)) as Index;
    const last = index.at(-1);
    if (!last || bytes.length !== end + 1 + last[1] + last[2]) return new Map();
    return new Map(index.map(([name, offset, length]) => [name, bytes.subarray(end + 1 + offset, end + 1 + offset + length)]));
  } catch {
    return new Map();
  }
}

/** Known code and new, with what was compiled on the way; by rename, so that two processes do no harm. */
function writeCache(file: string, known: ReadonlyMap<string, Buffer>, scripts: ReadonlyMap<string, Script>): void {
  const folder = dirname(file);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    if (!existsSync(dirname(folder))) return;
    // V8 takes code back only under the flags it was made with.
    optimise(true);
    let offset = 0;
    const made = [...scripts].filter(([name]) => !known.has(name)).map(([name, script]) => [name, script.createCachedData()] as const);
    const parts = [...known, ...made].map(([name, code]) => {
      const part = { code, entry: [name, offset, code.length] as const };
      offset += code.length;
      return part;
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(parts.map(({ entry }) => entry))}\n`, 'latin1'), ...parts.map(({ code }) => code)]), { flag: 'wx' });
    renameSync(temporary, file);
    // One engine's code is of no use to the next.
    const verb = `${basename(file).split('.', 1)[0]}.`;
    for (const name of readdirSync(folder)) if (name.startsWith(verb) && name !== basename(file)) rmSync(join(folder, name), { force: true });
  } catch {
    rmSync(temporary, { force: true });
  }
}
