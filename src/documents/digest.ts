import { crypto } from '../tree/crypto.ts';
import { sha256 } from './sha256.ts';

/** Up to here, all contents together, digests take less than loading `node:crypto`. */
const WORTH_LOADING = 8_192;
/** What was digested so far: only about speed. */
const digested = { bytes: 0 };

/** `sha256:<64 hex digits>` of bytes, or of a text in UTF-8. */
export function hash(content: string | Buffer): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  digested.bytes += bytes.length;
  return `sha256:${digested.bytes <= WORTH_LOADING ? sha256(bytes) : crypto().createHash('sha256').update(bytes).digest('hex')}`;
}

/** A digest cut to eight hex digits, for messages. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 8) : digest;
}
