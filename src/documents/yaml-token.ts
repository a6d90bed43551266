import type { CST } from 'yaml';

/** Something wrong in a YAML source, at an offset into it. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

type Verdict = YamlFault | 'too deep' | undefined;

/** What is refused in frontmatter although YAML allows it, and what the library overlooks. */
export function faultOfToken(token: CST.Token, depth: number): Verdict {
  if (depth > 100) return 'too deep';
  const { offset } = token;
  switch (token.type) {
    case 'directive':
      return fault(offset, `directive \`${firstWord(token.source)}\`, expected plain YAML 1.2`, 'Delete the directive.');
    case 'anchor':
      return fault(offset, `anchor \`${token.source}\`, expected plain values`, 'Delete the anchor and write the value out where it is used.');
    case 'alias':
      return fault(offset, `alias \`${token.source}\`, expected plain values`, 'Write the value out, or put text that begins with `*` in quotes.');
    case 'tag':
      return fault(offset, `tag \`${token.source}\`, expected plain values`, 'Delete the tag, or put text that begins with `!` in quotes.');
    case 'doc-start':
    case 'doc-end':
      return fault(offset, `document mark \`${token.source.slice(0, 3)}\`, expected one YAML document`, 'Delete the mark, or put the text in quotes.');
    case 'double-quoted-scalar':
    case 'single-quoted-scalar':
      return isClosed(token.source) ? undefined : fault(offset, 'end of the frontmatter inside quotes, expected the closing quote', 'Close the quote.');
    default:
      return undefined;
  }
}

function fault(offset: number, unexpected: string, remedy: string): YamlFault {
  return { offset, message: `Unexpected ${unexpected}`, remedy };
}

function firstWord(source: string): string {
  return /^\S{0,20}/.exec(source)?.[0] ?? '';
}

/** Whether a quoted scalar ends with its own quote: the library accepts an escaped one as the end. */
function isClosed(source: string): boolean {
  const quote = source[0];
  if (source.length < 2 || source.at(-1) !== quote) return false;
  let run = 0;
  const escape = quote === '"' ? '\\' : quote;
  for (let at = source.length - 2; at > 0 && source[at] === escape; at -= 1) run += 1;
  return run % 2 === 0;
}
