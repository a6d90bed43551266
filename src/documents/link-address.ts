/** Where the address of the link that begins at an offset stands as it was read; undefined when it is written otherwise. */
export function addressPlace(text: string, at: number, url: string): number | undefined {
  const start = text.indexOf(`](${url}`, at);
  const end = start + 2 + url.length;
  if (start === -1 || /[[\]]/.test(text.slice(at + 2, start)) || !/[)\s]/.test(text.charAt(end))) return undefined;
  return start + 2;
}

/** Offsets at which the lines of a text begin. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  return starts;
}
