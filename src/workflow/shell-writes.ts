import { shellCommands, type ShellCommand } from './shell-words.ts';

/** A file or folder that a shell line plainly changes. */
export interface ShellWrite {
  /** As written, below the folder that the line has changed into. */
  readonly path: string;
  readonly how: 'write' | 'remove';
}

/** What stands before a command and says nothing about files. */
const BEFORE = new Set(['sudo', 'env', 'command', 'builtin', 'exec', 'time', 'nohup', 'nice', 'then', 'else', 'do', '{', '!', 'if', 'while']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);
/** They run a program that is given as text. */
const INTERPRETERS = /^(?:node|nodejs|deno|bun|python[\d.]*|ruby|perl|php|awk|gawk)$/;
/** How such a program says that it writes. */
const WRITING = /write|unlink|remove|rename|truncate|rmtree|move|copy|append|open\s*\([^)]*['"][rb]*[wax+]|>|\bcp\b|\bmv\b|-i/i;

/**
 * The files that a shell line writes or removes, as far as its text shows: redirections, the usual
 * programs that change files, and paths that the text of a script names. What a script computes is
 * not seen.
 */
export function shellWrites(line: string, depth = 0): ShellWrite[] {
  let folder = '';
  return shellCommands(line).flatMap(({ words, into }) => {
    const own = commandWords(words);
    const writes = [...into.map((path) => ({ path, how: 'write' as const })), ...writesOf(own, depth)].map(({ path, how }) => ({ path: path.startsWith('/') || folder === '' ? path : `${folder}/${path}`, how }));
    if (own[0] === 'cd' && own[1] !== undefined) folder = own[1].startsWith('/') || folder === '' ? own[1] : `${folder}/${own[1]}`;
    return writes;
  });
}

/** Without assignments and what merely runs the rest. */
function commandWords(words: ShellCommand['words']): readonly string[] {
  const at = words.findIndex((word) => !BEFORE.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return at === -1 ? [] : words.slice(at);
}

function writesOf([program = '', ...rest]: readonly string[], depth: number): ShellWrite[] {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const files = rest.filter((word) => !word.startsWith('-'));
  const isInPlace = rest.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word));
  const [write, remove] = [(paths: readonly string[]) => said(paths, 'write'), (paths: readonly string[]) => said(paths, 'remove')];
  if (SHELLS.has(name) || name === 'eval') return depth > 3 ? [] : shellWrites(name === 'eval' ? rest.join(' ') : scriptIn(rest), depth + 1);
  if (INTERPRETERS.test(name)) return isInPlace ? write(files) : scriptWrites(rest);
  switch (name) {
    case 'tee':
    case 'sponge':
    case 'truncate':
    case 'patch':
    case 'ed':
    case 'ex':
    case 'vi':
    case 'vim':
      return write(files);
    case 'sed':
      return isInPlace ? write(files) : [];
    case 'dd':
      return write(rest.flatMap((word) => (word.startsWith('of=') ? [word.slice(3)] : [])));
    case 'rm':
    case 'unlink':
    case 'rmdir':
    case 'shred':
      return remove(files);
    case 'cp':
    case 'install':
    case 'ln':
    case 'rsync':
      return write(targets(files));
    case 'mv':
      return [...remove(files.slice(0, -1)), ...write(targets(files))];
    case 'find':
      return rest.includes('-delete') || rest.some((word, at) => /^-(?:exec|ok)/.test(word) && rest[at + 1] === 'rm') ? remove(files.slice(0, 1)) : [];
    case 'git':
      return gitWrites(files);
    default:
      return [];
  }
}

function gitWrites([verb, ...files]: readonly string[]): ShellWrite[] {
  if (verb === 'rm') return said(files, 'remove');
  return verb === 'mv' ? [...said(files.slice(0, -1), 'remove'), ...said(targets(files), 'write')] : [];
}

/** The last word, and what would come to lie in it where it is a folder. */
function targets(files: readonly string[]): string[] {
  const target = files.at(-1);
  if (target === undefined || files.length < 2) return [];
  const folder = target.replace(/\/+$/, '');
  return [target, ...files.slice(0, -1).map((file) => `${folder}/${file.replace(/\/+$/, '').split('/').at(-1)}`)];
}

function said(paths: readonly string[], how: ShellWrite['how']): ShellWrite[] {
  return paths.filter((path) => path !== '').map((path) => ({ path, how }));
}

/** After `-c`, alone or at the end of other options. */
function scriptIn(rest: readonly string[]): string {
  const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return at === -1 ? '' : (rest[at + 1] ?? '');
}

/** What looks like a path in a program that writes something. */
function scriptWrites(rest: readonly string[]): ShellWrite[] {
  const text = rest.join('\n');
  if (!WRITING.test(text)) return [];
  return said([...text.matchAll(/[^\s'"`()[\]{}<>,;:|&=$]*\/[^\s'"`()[\]{}<>,;:|&=$]*/g)].map(([path]) => path), 'write');
}
