/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const PART_OF_WORD = '[\\p{L}\\p{N}\\p{M}_]';

/** The source of a regular expression (flag `u`) for a word that is no part of a longer one. White space in it stands for any. */
export function wholeWord(word: string): string {
  const source = word.trim().replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/\s+/g, '\\s+');
  const edge = (character: string) => !UNSPACED.test(character) && new RegExp(PART_OF_WORD, 'u').test(character);
  const letters = [...word.trim()];
  return `${edge(letters[0] ?? '') ? `(?<!${PART_OF_WORD})` : ''}${source}${edge(letters.at(-1) ?? '') ? `(?!${PART_OF_WORD})` : ''}`;
}

/** A text with its code spans blanked out: the same length. */
export function withoutCode(text: string): string {
  return text.includes('`') ? text.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gs, (span) => ' '.repeat(span.length)) : text;
}
