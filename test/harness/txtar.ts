/**
 * Stories as documentation: prose, indented commands with what they print, and files.
 *
 * - An indented line `  $ COMMAND` is run by sh in the repository; indented lines under it are what it
 *   prints, stdout then stderr. `  ? N` right under it is the exit expected, 0 where it is left out.
 * - In what is printed `[..]` stands for anything on a line, a line `[...]` for any number of lines.
 * - `-- PATH --` begins a file that is there before the first command (the txtar format of Go's tools).
 * - Everything else is prose.
 */
export interface Story {
  readonly commands: readonly StoryCommand[];
  readonly files: Readonly<Record<string, string>>;
  /** The prose before the first command, in one line. */
  readonly title: string;
}

export interface StoryCommand {
  /** 1-based line in the story. */
  readonly line: number;
  readonly command: string;
  readonly exit: number;
  readonly output: readonly string[];
}

const INDENT = '  ';
const FILE = /^-- (.+) --$/;

/** Throws with the line where the story is malformed. */
export function parseStory(text: string): Story {
  const lines = text.replace(/\n$/, '').split('\n');
  const end = lines.findIndex((line) => FILE.test(line));
  const script = end === -1 ? lines : lines.slice(0, end);
  const first = script.findIndex((line) => line.startsWith(`${INDENT}$ `));
  if (first === -1) throw new Error('Unexpected story without a command, expected a line `  $ COMMAND`');
  return { title: script.slice(0, first).join(' ').trim(), commands: commandsIn(script), files: filesIn(end === -1 ? [] : lines.slice(end)) };
}

function commandsIn(lines: readonly string[]): StoryCommand[] {
  const commands: { line: number; command: string; exit: number; output: string[] }[] = [];
  let current: (typeof commands)[number] | undefined;
  for (const [index, line] of lines.entries()) {
    const text = line.slice(INDENT.length);
    if (line.startsWith(`${INDENT}$ `)) commands.push((current = { line: index + 1, command: text.slice(2), exit: 0, output: [] }));
    else if (line !== '' && !line.startsWith(INDENT)) current = undefined;
    else if (current && /^\? \d+$/.test(text) && current.line === index) current.exit = Number(text.slice(2));
    else if (current) current.output.push(text);
    else if (line !== '') throw new Error(`line ${index + 1}: Unexpected indented line, expected it under a command`);
  }
  return commands.map((one) => ({ ...one, output: withoutBlankEnd(one.output) }));
}

function filesIn(lines: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  let path = '';
  for (const line of lines) {
    const header = FILE.exec(line)?.[1];
    if (header !== undefined) files[(path = header)] = '';
    else files[path] += `${line}\n`;
  }
  return files;
}

/** Whether what was printed is what the story says. */
export function matches(expected: readonly string[], printed: string): boolean {
  const pattern = expected.map((line) => (line === '[...]' ? '(?:.*\n)*?' : `${line.split('[..]').map(escape).join('.*')}\n`)).join('');
  return new RegExp(`^${pattern}$`).test(linesOf(printed).map((line) => `${line}\n`).join(''));
}

/** The story with what its commands really print and exit with, to be read and then kept. */
export function retold(text: string, answers: ReadonlyMap<number, { readonly status: number; readonly output: string }>): string {
  const { commands } = parseStory(text);
  const lines = text.split('\n');
  for (const { line, output, exit } of commands.toReversed()) {
    const answer = answers.get(line);
    if (!answer || (answer.status === exit && matches(output, answer.output))) continue;
    const told = [...(answer.status === 0 ? [] : [`? ${answer.status}`]), ...linesOf(answer.output)].map((one) => (INDENT + one).trimEnd());
    const had = output.length + (exit === 0 ? 0 : 1);
    lines.splice(line, had, ...told);
  }
  return lines.join('\n');
}

function linesOf(printed: string): string[] {
  return withoutBlankEnd(printed.split('\n').map((line) => line.trimEnd()));
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
