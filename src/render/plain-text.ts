/** Text from documents and paths must not drive the terminal, nor turn round the order in which it is read. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (char) => {
    const code = char.charCodeAt(0).toString(16).padStart(2, '0');
    return code.length === 2 ? `\\x${code}` : `\\u${code}`;
  });
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A text on one line that drives no terminal, and no longer than so many characters. */
export function oneLine(text: string, most: number): string {
  const letters = [...printable(text.replace(/\s+/g, ' ').trim())];
  return letters.length > most ? `${letters.slice(0, most - 1).join('').trimEnd()}…` : letters.join('');
}
