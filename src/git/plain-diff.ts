import type { Repository } from './repository.ts';

/** One version of a file, as git hands it to an external diff; see git(1), GIT_EXTERNAL_DIFF. */
export interface DiffSide {
  /** `/dev/null` where there is none. */
  readonly file: string;
  /** `.` where there is none. */
  readonly mode: string;
}

/** A file that is compared with one of another name, as git says it: `similarity index …`, `rename from …`. */
export interface Renaming {
  readonly to: string;
  readonly lines: readonly string[];
}

/** The difference as `git diff` shows it without us: a patch that can be applied. '' where bytes, modes and names are the same. */
export function plainDiff(repository: Repository, path: string, renaming: Renaming | undefined, old: DiffSide, now: DiffSide, hasColor: boolean): string {
  const result = repository.tryGit(['diff', '--no-index', '--no-ext-diff', '--no-textconv', `--color=${hasColor ? 'always' : 'never'}`, '--', old.file, now.file], { cwd: repository.root ?? repository.gitDir });
  const lines = result.stdout.toString('latin1').split(/(?<=\n)/);
  const start = lines.findIndex((line) => /^(?:\x1b\[[0-9;]*m)*(?:@@|Binary files )/.test(line));
  const index = lines.find((line) => /^(?:\x1b\[[0-9;]*m)*index /.test(line))?.replaceAll(/\x1b\[[0-9;]*m/g, '');
  const isMoved = old.mode !== now.mode;
  if (start === -1 && !isMoved && !renaming) return '';
  const [from, to] = [named('a', path), named('b', renaming?.to ?? path)];
  const isAbsent = (side: DiffSide) => side.mode === '.';
  const modes = isAbsent(old) ? [`new file mode ${now.mode}`] : isAbsent(now) ? [`deleted file mode ${old.mode}`] : isMoved ? [`old mode ${old.mode}`, `new mode ${now.mode}`] : [];
  const ids = renaming ? renaming.lines : index === undefined ? [] : [isMoved ? index.replace(/ \d+\n$/, '').trimEnd() : index.trimEnd().replace(/( \d+)?$/, ` ${now.mode}`)];
  const files = start === -1 || lines[start]?.includes('Binary files') ? [] : [`--- ${isAbsent(old) ? '/dev/null' : ended(from)}`, `+++ ${isAbsent(now) ? '/dev/null' : ended(to)}`];
  const head = [`diff --git ${from} ${to}`, ...modes, ...ids, ...files].map((line) => (hasColor ? `\x1b[1m${line.trimEnd()}\x1b[m${line.endsWith('\t') ? '\t' : ''}\n` : `${line}\n`)).join('');
  return head + Buffer.from(start === -1 ? '' : lines.slice(start).join(''), 'latin1').toString();
}

/** A path as git writes it in a patch: in quotes, with octal bytes, where it holds signs of its own. */
function named(side: string, path: string): string {
  if (!/["\\\p{C}]|[^\x00-\x7f]/u.test(path)) return `${side}/${path}`;
  const bytes = [...Buffer.from(path)].map((byte) => (byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)));
  return `"${side}/${bytes.join('')}"`;
}

/** After a name with a space a tab says where it ends. */
function ended(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}
