/**
 * About how many tokens a text costs a reader that is a language model: one for each four bytes of
 * UTF-8, rounded up. An estimate that needs no model's vocabulary and never changes.
 */
export function tokensIn(bytes: Buffer): number {
  return Math.ceil(bytes.length / BYTES_PER_TOKEN);
}

/** Of a text with more than so many tokens, the line in which the last of them ends. */
export function lineOfToken(bytes: Buffer, tokens: number): number {
  let line = 1;
  const end = tokens * BYTES_PER_TOKEN;
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) line += 1;
  return line;
}

const BYTES_PER_TOKEN = 4;
