import { shellCommand } from './shell.ts';

/** A forge whose own program opens pull requests, and the repository there. */
export interface Forge {
  readonly program: 'gh' | 'glab';
  /** `owner/name`, with the host before it where it is not the program's own. */
  readonly repository: string;
}

export interface WantedLine {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** A file that holds the body: no text of it is ever part of a command line. */
  readonly bodyFile: string;
  readonly isDraft: boolean;
  /** The branch was there before, and so may its pull request be. */
  readonly mayExist: boolean;
}

/** What a remote's address says of its forge: github.com, and GitLab wherever its host says so. undefined for any other. */
export function forgeOf(url: string): Forge | undefined {
  const [, host = '', path = ''] = /^(?:(?:https?|ssh|git):\/\/)(?:[^@/]*@)?([^/:@]+)(?::\d+)?\/(.+)$/.exec(url) ?? /^(?:[^@/:]+@)?([^/:@]+):(?!\/\/)\/?(.+)$/.exec(url) ?? [];
  const name = path.replace(/\/+$/, '').replace(/\.git$/, '');
  if (!/^[\w.-]+(?:\/[\w.-]+)+$/.test(name) || name.startsWith('-')) return undefined;
  const at = host.toLowerCase();
  if (at === 'github.com' || at === 'ssh.github.com') return { program: 'gh', repository: name };
  if (at === 'gitlab.com') return { program: 'glab', repository: name };
  return at.split('.').includes('gitlab') ? { program: 'glab', repository: `https://${at}/${name}` } : undefined;
}

/** The line that opens a pull request by hand, for a POSIX shell; one that may be there already is led to its base first. */
export function openingLine({ program, repository }: Forge, { head, base, title, bodyFile, isDraft, mayExist }: WantedLine): string {
  if (program === 'gh') {
    const create = shellCommand(['gh', 'pr', 'create', '--repo', repository, '--head', head, '--base', base, `--title=${title}`, '--body-file', bodyFile, ...(isDraft ? ['--draft'] : [])]);
    return mayExist ? `${shellCommand(['gh', 'pr', 'edit', head, '--repo', repository, '--base', base])} || ${create}` : create;
  }
  const create = `${shellCommand(['glab', 'mr', 'create', '--repo', repository, '--source-branch', head, '--target-branch', base, `--title=${title}`, ...(isDraft ? ['--draft'] : []), '--yes', '--description'])} "$(${shellCommand(['cat', '--', bodyFile])})"`;
  return mayExist ? `${shellCommand(['glab', 'mr', 'update', head, '--repo', repository, '--target-branch', base])} || ${create}` : create;
}
