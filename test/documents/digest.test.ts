import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hash } from '../../src/documents/digest.ts';
import { sha256 } from '../../src/documents/sha256.ts';

const expected = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

describe('a digest', () => {
  it('of a short content is what node says, at every length around a block and for every byte', () => {
    const bytes = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 151 + (at >> 3)) & 255));
    for (let length = 0; length <= bytes.length; length += 1) expect([length, sha256(bytes.subarray(length % 7, length))]).toEqual([length, expected(bytes.subarray(length % 7, length))]);
    for (let byte = 0; byte < 256; byte += 1) expect(sha256(Buffer.alloc(130, byte))).toBe(expected(Buffer.alloc(130, byte)));
  });

  it('of a long one too, and of a text in UTF-8', () => {
    for (const content of ['', 'abc', 'Größe 𝄞', 'x'.repeat(8_192), 'x'.repeat(8_193), 'ä'.repeat(300_000)]) expect(hash(content)).toBe(`sha256:${expected(content)}`);
    const many = Buffer.alloc(70_000, 7);
    expect(sha256(many)).toBe(expected(many));
  });
});
