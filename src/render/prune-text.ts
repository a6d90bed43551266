import type { Obstacle, PruneFacts } from '../workflow/prune-verdict.ts';
import { oneLine } from './columns.ts';
import { count, printable } from './plain-text.ts';
import { shellCommand } from './shell.ts';

/** What stands against pruning, in words, and the command that mends it. */
export interface ToldObstacle {
  readonly code: Obstacle['code'];
  readonly message: string;
  readonly mend: string;
  readonly paths?: readonly string[];
}

const MOST_NAMED = 5;

/** `named`: the ticket or the branch, as `prune` is told it. */
export function tellObstacle(obstacle: Obstacle, facts: PruneFacts, { program, named, main }: { readonly program: string; readonly named: string; readonly main: string }): ToldObstacle {
  const root = facts.worktree?.root ?? main;
  const prune = (...words: string[]) => shellCommand([...program.split(' '), 'prune', named, ...words]);
  const inside = (...words: string[]) => shellCommand(['git', '-C', root, ...words]);
  const { code } = obstacle;
  const paths = 'paths' in obstacle ? { paths: obstacle.paths } : {};
  return { code, ...said(obstacle, facts, { prune, inside, main }), ...paths };
}

interface Lines {
  readonly prune: (...words: string[]) => string;
  readonly inside: (...words: string[]) => string;
  readonly main: string;
}

function said(obstacle: Obstacle, facts: PruneFacts, lines: Lines): { message: string; mend: string } {
  const { branch, target, ticket, worktree } = facts;
  const { prune, inside, main } = lines;
  switch (obstacle.code) {
    case 'not-merged': return { message: `not merged into ${target}`, mend: shellCommand(['git', 'log', '--oneline', `${target}..${branch}`]) };
    case 'ahead-of-archive': return { message: `${ticket} is archived on ${target}, but the branch has work that ${target} does not have`, mend: shellCommand(['git', 'log', '--oneline', `${target}..${branch}`]) };
    case 'nothing-done': return { message: 'nothing was committed on it yet', mend: prune() };
    case 'ticket-open': return { message: `merged, but ${ticket} is still open on ${target}`, mend: prune() };
    case 'main-worktree': return { message: 'checked out in the main work tree, which stays', mend: shellCommand(['git', '-C', main, 'switch', target.replace(/^origin\//, '')]) };
    case 'gone': return { message: 'its folder is not there', mend: 'git worktree prune, unless it is on a disk that is not mounted' };
    case 'here': return { message: 'you are in it', mend: `cd ${shellCommand([main])} && ${prune()}` };
    case 'moved': return { message: 'what is checked out there is no longer what was judged', mend: prune() };
    case 'index-locked': return { message: 'a git command is at work in it (index.lock)', mend: prune() };
    case 'own-refs': return { message: 'it has refs of its own (refs/worktree)', mend: inside('for-each-ref', 'refs/worktree') };
    case 'locked': return { message: `locked${obstacle.why === '' ? '' : `: ${oneLine(obstacle.why)}`}`, mend: shellCommand(['git', 'worktree', 'unlock', worktree?.root ?? '']) };
    case 'operation': return { message: `a ${obstacle.why} is under way`, mend: inside('status') };
    case 'unreadable': return { message: `git could not look at all of it: ${oneLine(obstacle.why)}`, mend: inside('status') };
    case 'module': return saidOfModule(obstacle, lines);
    case 'in-use': return { message: `in use by ${obstacle.processes.map(({ pid, name }) => `${oneLine(name)} (${pid})`).slice(0, MOST_NAMED).join(', ')}`, mend: 'let it end, or let it leave the folder' };
    default: return saidOfPaths(obstacle, lines);
  }
}

function saidOfModule({ name, facts, first }: Extract<Obstacle, { readonly code: 'module' }>, lines: Lines): { message: string; mend: string } {
  const root = facts.worktree?.root ?? lines.main;
  const { message, mend } = said(first, facts, { ...lines, inside: (...words) => shellCommand(['git', '-C', root, ...words]) });
  return { message: `module ${oneLine(name)}: ${message}`, mend: first.code === 'own-files' ? `move it away, or commit it in ${root}` : first.code === 'not-merged' ? shellCommand(['git', '-C', root, 'log', '--oneline', `${facts.target}..${facts.branch}`]) : mend };
}

function saidOfPaths({ code, paths }: Extract<Obstacle, { readonly paths: readonly string[] }>, { prune, inside }: Lines): { message: string; mend: string } {
  const named = someOf(paths);
  const discarded = () => prune(...paths.slice(0, MOST_NAMED).flatMap((path) => ['--discard', path]));
  switch (code) {
    case 'changed': return { message: `${count(paths.length, 'file')} changed and not committed: ${named}`, mend: inside('status') };
    case 'own-files': return { message: `${count(paths.length, 'path')} that ${paths.length === 1 ? 'stands' : 'stand'} nowhere else: ${named}`, mend: `${discarded()} deletes ${paths.length === 1 ? 'it' : paths.length > MOST_NAMED ? 'the first ones' : 'them'}` };
    case 'caches': return { message: `ignored folders that tools make anew: ${named}`, mend: prune('--yes') };
    case 'repositories': return { message: `${count(paths.length, 'repository').replace('repositorys', 'repositories')} inside: ${named}`, mend: 'push what is in there, then git worktree remove --force' };
    case 'nested': return { message: `another work tree is inside: ${named}`, mend: shellCommand(['git', 'worktree', 'move', paths[0] as string, 'ANOTHER-PLACE']) };
    case 'stashed': return { message: `stashed on this branch: ${named}`, mend: shellCommand(['git', 'stash', 'show', '-p', paths[0] as string]) };
  }
}

/** The first of some paths, and how many more there are. */
export function someOf(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_NAMED).map(printable).join(', ');
  return paths.length > MOST_NAMED ? `${shown} and ${paths.length - MOST_NAMED} more` : shown;
}
