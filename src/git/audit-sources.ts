import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/**
 * Absolute paths of the files outside the governed folders that git's view of a work tree depends
 * on, there or not: refs, configuration, and what is ignored or filtered. undefined when that cannot
 * be told from files alone.
 */
export function auditSources(repository: Repository, roots: readonly string[]): string[] | undefined {
  const configured = configurationFiles(repository);
  const branch = branchFiles(repository);
  if (!configured || !branch) return undefined;
  const { commonDir, gitDir, workRoot } = repository;
  const above = new Set(['', ...roots.flatMap(ancestorsOf)]);
  return [
    ...branch,
    ...configured,
    ...['info/exclude', 'info/attributes', 'info/sparse-checkout'].map((name) => join(commonDir, name)),
    join(gitDir, 'info/sparse-checkout'),
    ...[...above].flatMap((folder) => [join(workRoot, folder, '.gitignore'), join(workRoot, folder, '.gitattributes')]),
  ];
}

/** Where the parents of the next commit are read from. */
function branchFiles({ gitDir, commonDir }: Repository): string[] | undefined {
  const head = join(gitDir, 'HEAD');
  const files = [head, join(gitDir, 'MERGE_HEAD'), join(commonDir, 'packed-refs'), join(commonDir, 'reftable/tables.list'), join(gitDir, 'reftable/tables.list'), join(gitDir, 'gitdir'), join(gitDir, 'commondir')];
  const [, name] = /^ref: (.+)\n?$/.exec(readFileSync(head, 'utf8')) ?? [];
  if (name === undefined) return files;
  const ref = join(commonDir, name);
  return name.startsWith('refs/heads/') && !isSymbolic(ref) ? [...files, ref] : undefined;
}

function isSymbolic(ref: string): boolean {
  try {
    return readFileSync(ref, 'utf8').startsWith('ref:');
  } catch {
    return false;
  }
}

/** Every file that git's configuration is read from or would be, and the ignore and attribute files that it names. */
function configurationFiles(repository: Repository): string[] | undefined {
  const items = itemsOf(repository.git(['config', '--list', '--show-origin', '--null']));
  const home = process.env.HOME ?? homedir();
  const own = join(process.env.XDG_CONFIG_HOME || join(home, '.config'), 'git');
  const { GIT_CONFIG_GLOBAL: global, GIT_CONFIG_SYSTEM: system } = process.env;
  const files = [...systemFiles(repository), join(home, '.gitconfig'), ...['config', 'ignore', 'attributes'].map((name) => join(own, name)), join(repository.commonDir, 'config'), join(repository.gitDir, 'config.worktree'), ...[global, system].flatMap((path) => path || [])];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const origin = (items[at] as string).startsWith('file:') ? resolve(repository.workRoot, (items[at] as string).slice('file:'.length)) : undefined;
    if (origin) files.push(origin);
    const [key = '', ...rest] = (items[at + 1] as string).split('\n');
    // New entries of an index are then not looked at again.
    if (key === 'core.ignorestat') return undefined;
    if (!/^(include\.path|includeif\..*\.path|core\.(excludesfile|attributesfile))$/s.test(key)) continue;
    const value = rest.join('\n');
    const base = key.startsWith('include') ? origin && dirname(origin) : repository.workRoot;
    const path = value.startsWith('~/') ? join(home, value.slice(2)) : value;
    if (/^[~%:]/.test(path) || (!isAbsolute(path) && base === undefined)) return undefined;
    files.push(resolve(base ?? '/', path));
  }
  return files;
}

/** git has its system-wide files beside itself, or in /etc. */
function systemFiles(repository: Repository): string[] {
  const path = repository.git(['--exec-path']).toString().trim();
  const prefixes = ['/', '/usr/local', '/opt/homebrew', resolve(path, '../..')];
  return prefixes.flatMap((prefix) => [join(prefix, 'etc/gitconfig'), join(prefix, 'etc/gitattributes')]);
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
