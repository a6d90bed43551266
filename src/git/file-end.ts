import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The lines of a file from its end on, the last one first, however large it is; a line that nobody
 * has ended yet comes first. Reads no more than `most` bytes, and none before `begin` unless the file is
 * shorter by now; nothing where there is no such file.
 */
export function* linesFromEnd(path: string, most: number, begin = 0): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    const { size } = fstatSync(file);
    const first = begin <= size ? begin : 0;
    let tail = Buffer.alloc(0);
    for (let at = size; at > Math.max(first, size - most); ) {
      const from = Math.max(first, size - most, at - CHUNK);
      const piece = Buffer.alloc(at - from);
      readSync(file, piece, 0, piece.length, from);
      tail = Buffer.concat([piece, tail]);
      at = from;
      for (let end = tail.lastIndexOf(0x0a); end !== -1; end = tail.lastIndexOf(0x0a)) {
        const line = tail.subarray(end + 1);
        tail = tail.subarray(0, end);
        if (line.length > 0) yield line.toString();
      }
      if (from === first && tail.length > 0) yield tail.toString();
    }
  } finally {
    closeSync(file);
  }
}

const CHUNK = 65_536;
