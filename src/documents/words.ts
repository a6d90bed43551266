/** Where one of the words stands in a text as no part of a longer word; undefined when none does. Case counts. */
export function findWord(text: string, words: readonly string[]): { readonly word: string; readonly at: number } | undefined {
  for (const word of words) {
    for (let at = word === '' ? -1 : text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      if (isWhole(text, at, word)) return { word, at };
    }
  }
  return undefined;
}

/** Whether a text begins with one of the words, in any case, emphasised or not. */
export function beginsWithWord(text: string, words: readonly string[]): boolean {
  let start = 0;
  while (text.charCodeAt(start) === 42 || text.charCodeAt(start) === 95) start += 1;
  for (const word of words) {
    if (mayBegin(text.charCodeAt(start), word) && text.slice(start, start + word.length).toLowerCase() === word.toLowerCase() && isWhole(text, start, word)) return true;
  }
  return false;
}

/** False when a word cannot begin with that character, in any case. */
function mayBegin(code: number, word: string): boolean {
  const first = word.charCodeAt(0);
  return code === first || code >= 128 || first >= 128 || (code | 32) === (first | 32) || word === '';
}

/** An edge of a word that is a letter must not have a letter beyond it. */
function isWhole(text: string, at: number, word: string): boolean {
  const end = at + word.length;
  const opens = isGap(text.charCodeAt(at - 1)) || !joins(before(text, at), word);
  return opens && (isGap(text.charCodeAt(end)) || !joins(last(word), text.slice(end, end + 2)));
}

/** Whether a character is none or an ASCII one that stands between words. */
function isGap(code: number): boolean {
  return Number.isNaN(code) || (code < 128 && !isAsciiLetter(code));
}

function isAsciiLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** Whether the last character of `left` and the first of `right` belong to one word. */
function joins(left: string, right: string): boolean {
  return isLetter(left, left.length - 1) && isLetter(right, 0);
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return isAsciiLetter(code);
  const character = text.length === 0 ? '' : at === 0 ? String.fromCodePoint(text.codePointAt(0) as number) : text;
  return /[\p{L}\p{N}\p{M}]/u.test(character) && !isUnspaced(character);
}

/**
 * Of a script that is written without spaces between words. V8 reads a regular expression where it
 * stands: a constant with a property of Unicode costs every start of the program a millisecond.
 */
function isUnspaced(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(character);
}

function before(text: string, at: number): string {
  return last(text.slice(Math.max(0, at - 2), at));
}

/** The last character, both halves of it where it has two. */
function last(text: string): string {
  const two = text.slice(-2);
  return (two.codePointAt(0) ?? 0) > 0xffff ? two : two.slice(-1);
}

/** A text with its code spans blanked out: the same length. */
export function withoutCode(text: string): string {
  return text.includes('`') ? text.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gs, (span) => ' '.repeat(span.length)) : text;
}
