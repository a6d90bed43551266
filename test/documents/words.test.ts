import { expect, test } from 'vitest';
import { beginsWithWord, findWord } from '../../src/documents/words.ts';

test.each([
  ['WHEN x', true],
  ['**when** x', true],
  ['__When__ x', true],
  ['WHEN', true],
  ['when: x', true],
  ['WHEN—x', true],
  ['WHENever', false],
  ['WHEN2', false],
  ['WHENé', false],
  ['WHEN\u0301', false],
  ['WHEN𝒙', false],
  ['WHEN当', true],
  ['xWHEN', false],
  ['- WHEN', false],
  ['WHE', false],
  ['', false],
])('%j begins with WHEN: %s', (text, expected) => {
  expect(beginsWithWord(text, ['GIVEN', 'WHEN'])).toBe(expected);
});

test('case folds beyond ASCII, on either side', () => {
  expect(beginsWithWord('når x', ['NÅR'])).toBe(true);
  expect(beginsWithWord('\u212Aey x', ['key'])).toBe(true);
  expect(beginsWithWord('key x', ['\u212Aey'])).toBe(true);
  expect(beginsWithWord('当用户', ['当'])).toBe(true);
});

test('a word is found where it is no part of a longer one', () => {
  expect(findWord('MUSTARD, MUST', ['MUST'])).toEqual({ word: 'MUST', at: 9 });
  expect(findWord('éMUST 𝒙MUST MUST\u0301', ['MUST'])).toBeUndefined();
});
