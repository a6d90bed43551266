import { crypto } from '../tree/crypto.ts';
import { sha256 } from './sha256.ts';

/** Up to here a digest takes less than loading `node:crypto`. */
const SHORT = 8_192;

/** `sha256:<64 hex digits>` of bytes, or of a text in UTF-8. */
export function hash(content: string | Buffer): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return `sha256:${bytes.length <= SHORT ? sha256(bytes) : crypto().createHash('sha256').update(bytes).digest('hex')}`;
}

/** A digest cut to eight hex digits, for messages. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 8) : digest;
}
