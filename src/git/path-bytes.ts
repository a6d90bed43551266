import { isUtf8 } from 'node:buffer';

/** No path holds it: what comes after it stands for one byte each. */
const RAW = '\0';

/** A path as git stores it, as text; one that is no UTF-8 is marked, so that nothing of it is lost. */
export function pathOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : RAW + bytes.toString('latin1');
}

/** The same path with one character for each byte. */
export function rawPath(path: string): string {
  return path.startsWith(RAW) ? path.slice(1) : Buffer.from(path).toString('latin1');
}
