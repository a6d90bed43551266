/** A body without the comments that stand at its end, below a blank line: they are about what follows as often as not. */
export function withoutTrailer(body: string): string {
  const lines = body.split('\n');
  return lines.slice(0, trailerStart(lines, lines.length)).join('\n').trimEnd();
}

/** Where whole-line comments at the end of some lines begin, below a blank line; `end` where there are none. */
export function trailerStart(lines: readonly string[], end: number): number {
  let start = end;
  for (let at = end; at > 0; ) {
    while (at > 0 && lines[at - 1]?.trim() === '') at -= 1;
    if (at === 0 || !lines[at - 1]?.trimEnd().endsWith('-->')) break;
    let open = at - 1;
    while (open > 0 && !lines[open]?.startsWith('<!--')) open -= 1;
    if (!lines[open]?.startsWith('<!--') || lines.slice(open, at - 1).some((line) => line.includes('-->'))) break;
    if (open > 0 && lines[open - 1]?.trim() !== '') break;
    start = open;
    at = open;
  }
  return start;
}
