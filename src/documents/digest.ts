import { crypto } from '../tree/crypto.ts';

/** `sha256:<64 hex digits>` of bytes, or of a text in UTF-8. */
export function hash(content: string | Buffer): string {
  return `sha256:${crypto().createHash('sha256').update(content).digest('hex')}`;
}

/** A digest cut to eight hex digits, for messages. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 8) : digest;
}
