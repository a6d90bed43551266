import { createRequire } from 'node:module';

type Crypto = typeof import('node:crypto');

/** `sha256:<64 hex digits>` of a text. */
export function hash(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  return `sha256:${crypto().createHash('sha256').update(text, encoding).digest('hex')}`;
}

/** Loading it takes node several milliseconds, and most commits have nothing to hash. */
function crypto(): Crypto {
  return createRequire(import.meta.url)('node:crypto') as Crypto;
}

/** A digest cut to eight hex digits, for messages. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 8) : digest;
}
