import { join, resolve } from 'node:path';
import { UserError } from '../error.ts';
import { readText } from './files.ts';
import type { Repository } from './repository.ts';
import { itemsOf } from './run.ts';

/** The file that git gives to commit-msg, and what git will make of it. */
export interface MessageFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly form: { readonly comment: string; readonly cleanup: 'strip' | 'whitespace' | 'verbatim' | 'scissors'; readonly edited: boolean };
}

const SETTINGS = '^(core\\.comment(char|string)|commit\\.cleanup)$';
/** What git chooses from where `core.commentChar` is `auto`; see builtin/commit.c. */
const CANDIDATES = '#;@!$%^&|:';

/**
 * Reads the message of the commit that is being made. git tells a hook that no editor was opened by
 * GIT_EDITOR=`:`; the option `--cleanup` it does not tell. Throws a UserError when there is no such file.
 */
export function readMessageFile(repository: Repository, path: string | undefined, cwd: string): MessageFile {
  const file = path === undefined ? join(repository.gitDir, 'COMMIT_EDITMSG') : resolve(cwd, path);
  const text = readText(file);
  if (text === undefined) throw new UserError(`Unexpected missing file ${file}, expected a commit's message`, 'commit-msg takes the message file as its argument: treework hook commit-msg "$1"', 'usage');
  const values = new Map(itemsOf(repository.tryGit(['config', '-z', '--get-regexp', SETTINGS]).stdout).map((item) => [item.slice(0, item.indexOf('\n')), item.slice(item.indexOf('\n') + 1)]));
  const edited = process.env.GIT_EDITOR !== ':';
  const cleanup = values.get('commit.cleanup');
  return {
    path: file,
    text,
    form: {
      comment: commentOf(values.get('core.commentstring') ?? values.get('core.commentchar') ?? '#', text),
      cleanup: cleanup === 'strip' || cleanup === 'whitespace' || cleanup === 'verbatim' || cleanup === 'scissors' ? cleanup : edited ? 'strip' : 'whitespace',
      edited,
    },
  };
}

/** `auto`: the help that git has written below the message begins with the character. */
function commentOf(configured: string, text: string): string {
  if (configured !== 'auto') return configured;
  const last = text.trimEnd().split('\n').at(-1)?.[0];
  return last !== undefined && CANDIDATES.includes(last) ? last : '#';
}
