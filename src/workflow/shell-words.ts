/** One command of a shell line: its words, and the files that its output goes to. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Of `>`, `>>`, `>|`, `&>`, `2>`. */
  readonly into: readonly string[];
}

type Token = { readonly word: string } | { readonly operator: string };

/** Longest first. */
const OPERATORS = ['&>>', '<<<', '<<-', '&&', '||', ';;', '>>', '>|', '>&', '<&', '<<', '<>', '&>', '|&', ';', '&', '|', '(', ')', '>', '<', '\n'];
const INTO = new Set(['>', '>>', '>|', '&>', '&>>', '<>']);
const FROM = new Set(['<', '<<', '<<-', '<<<', '<&', '>&']);

/**
 * The simple commands of a line as a shell reads it (POSIX.1-2017, 2.3 and 2.9): quotes and
 * backslashes are taken off, nothing is expanded, here-documents are left out. Meant to see what a
 * line plainly does; what is computed while it runs cannot be seen.
 */
export function shellCommands(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let [words, into]: [string[], string[]] = [[], []];
  const end = () => {
    if (words.length > 0 || into.length > 0) commands.push({ words, into });
    [words, into] = [[], []];
  };
  const tokens = tokensOf(withoutHereDocuments(line));
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if ('word' in token) {
      words.push(token.word);
      continue;
    }
    const next = tokens[at + 1];
    const target = next && 'word' in next ? next.word : undefined;
    if (!INTO.has(token.operator) && !FROM.has(token.operator)) {
      end();
      continue;
    }
    // `2>` and `{fd}>` stand before the sign.
    if (/^\d$/.test(words.at(-1) ?? '')) words.pop();
    if (target === undefined) continue;
    if (INTO.has(token.operator) || (token.operator === '>&' && !/^[\d-]+$/.test(target))) into.push(target);
    at += 1;
  }
  end();
  return commands;
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const operator = OPERATORS.find((one) => line.startsWith(one, at));
    if (operator !== undefined) {
      tokens.push({ operator });
      at += operator.length;
    } else if (line[at] === '#') {
      const end = line.indexOf('\n', at);
      at = end === -1 ? line.length : end;
    } else if (/\s/.test(line[at] as string)) {
      at += 1;
    } else {
      const read = wordAt(line, at);
      if (read.word !== '' || read.end > at) tokens.push({ word: read.word });
      at = Math.max(read.end, at + 1);
    }
  }
  return tokens;
}

const STOPS = /[\s;&|()<>]/;

function wordAt(line: string, from: number): { word: string; end: number } {
  let word = '';
  let at = from;
  while (at < line.length && !STOPS.test(line[at] as string)) {
    const character = line[at] as string;
    if (character === "'") {
      const end = closing(line, at + 1, "'");
      word += line.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const end = closing(line, at + 1, '"');
      word += line.slice(at + 1, end).replace(/\\(["\\$`\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
      at = end + 1;
    } else if (character === '\\') {
      if (line[at + 1] !== '\n') word += line[at + 1] ?? '';
      at += 2;
    } else {
      word += character;
      at += 1;
    }
  }
  return { word, end: at };
}

/** Where a quotation ends; the line's end where it does not. */
function closing(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at += 1) {
    if (quote === '"' && line[at] === '\\') at += 1;
    else if (line[at] === quote) return at;
  }
  return line.length;
}

/** `<<WORD` takes the lines up to WORD. */
function withoutHereDocuments(line: string): string {
  return line.replaceAll(/<<-?\s*(['"]?)([A-Za-z_][\w.-]*)\1([^\n]*)\n[\s\S]*?(?:\n[\t ]*\2(?=\n|$)|$)/g, (_, quote: string, word: string, rest: string) => `<<${quote}${word}${quote}${rest}`);
}
