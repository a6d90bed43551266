import type { EditCheck } from '../documents/settings.ts';
import { endOf, plainLines, type CommandRun } from './command-output.ts';
import { pathShapes, shapeOfPath, shapesMeet } from './path-shape.ts';
import { shellCommands } from './shell-words.ts';

/** What an agent is told after one edit, in bytes, whatever the checks print. */
export const MOST_TOLD = 2_000;

/** The commands for one file, in the order of WORKSPACE.md, none twice. A pattern without `/` is of the file's name alone. */
export function commandsFor(path: string, checks: readonly EditCheck[]): string[] {
  const shape = shapeOfPath(path);
  const fitting = checks.filter(({ pattern }) => pathShapes(pattern.includes('/') ? pattern : `**/${pattern}`).some((one) => shapesMeet(one, shape)));
  return [...new Set(fitting.flatMap(({ commands }) => commands))];
}

/** What a person approves: every command with the files that it is for. */
export function approvedWords(checks: readonly EditCheck[]): string[] {
  return checks.flatMap(({ pattern, commands }) => commands.map((command) => `after_edit ${pattern}: ${command}`));
}

/**
 * The words of a command for one file: its path, from the root, where `{file}` stands; without it the
 * command looks at more than the file. No shell reads them, so the path may hold whatever it likes.
 * undefined for a line that only a shell understands.
 */
export function wordsFor(command: string, path: string): readonly [string, ...string[]] | undefined {
  const [only, ...others] = shellCommands(command);
  const [program, ...words] = only?.words ?? [];
  if (program === undefined || others.length > 0 || (only?.into.length ?? 0) > 0) return undefined;
  // A name that begins like an option is none.
  const file = path.startsWith('-') ? `./${path}` : path;
  return [program, ...words.map((word) => word.replaceAll('{file}', () => file))];
}

/** What an agent is told of a check that did not pass: how it ended, then what it printed first, which is where linters begin; at most so many bytes. */
export function checkReport(path: string, run: CommandRun, most: number, root: string): string {
  const lines = plainLines(run.output.head).map((line) => line.replaceAll(`${root}/`, '').trimEnd()).filter((line) => line !== '');
  const [first, ...rest] = [`${path} does not pass ${run.command} (${endOf(run)})`, ...lines];
  const said = [first as string];
  let room = most - Buffer.byteLength(said[0] as string) - Buffer.byteLength(moreLines(rest.length)) - 1;
  for (const line of rest) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    said.push(line);
  }
  const left = lines.length - said.length + 1;
  return [...said, ...(left > 0 || run.output.dropped > 0 ? [moreLines(left)] : [])].join('\n');
}

function moreLines(count: number): string {
  return `… ${count} lines more`;
}
