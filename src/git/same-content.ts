import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, realpathSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isWithin } from './processes-inside.ts';
import { attempt } from './work-root.ts';

/** More files than that below one folder are not compared. */
const MOST_COMPARED = 5_000;
const PIECE = 1 << 20;

/**
 * Whether everything at `path` below `root` stands at the same path below `keeper` too, byte for byte:
 * files by their content, links by where they lead (or where they lead to that very place), folders by
 * all that is in them. What the keeper has only by a link into `root`, and what cannot be read, is no
 * copy.
 */
export function isCopyOf(path: string, root: string, keeper: string): boolean {
  let left = MOST_COMPARED;
  const same = (inside: string): boolean => {
    left -= 1;
    const [own, kept] = [join(root, inside), join(keeper, inside)];
    const [ownStat, keptStat] = [lstatSync(own), lstatSync(kept)];
    if (ownStat.isSymbolicLink()) return isSameLink(own, kept, keptStat);
    // A link above it could lead back to where it is to be taken away.
    if (left < 0 || isWithin(realpathSync(kept), realpathSync(root))) return false;
    if (ownStat.isDirectory()) return keptStat.isDirectory() && readdirSync(own).every((name) => name !== '.git' && same(join(inside, name)));
    return ownStat.isFile() && keptStat.isFile() && hasSameBytes(own, ownStat, kept, keptStat);
  };
  return attempt(() => same(path)) ?? false;
}

function isSameLink(own: string, kept: string, keptStat: Stats): boolean {
  if (keptStat.isSymbolicLink() && readlinkSync(own) === readlinkSync(kept)) return true;
  return realpathSync(own) === realpathSync(kept);
}

function hasSameBytes(own: string, ownStat: Stats, kept: string, keptStat: Stats): boolean {
  if (ownStat.size !== keptStat.size) return false;
  // One file under two names: the other name stays.
  if (ownStat.dev === keptStat.dev && ownStat.ino === keptStat.ino && ownStat.ino !== 0) return true;
  const files = [openSync(own, 'r')];
  try {
    files.push(openSync(kept, 'r'));
    const [a, b] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
    for (;;) {
      const [read, other] = [fill(files[0] as number, a), fill(files[1] as number, b)];
      if (read !== other || !a.subarray(0, read).equals(b.subarray(0, other))) return false;
      if (read < PIECE) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** Reads on until the buffer is full or the file ends. */
function fill(file: number, buffer: Buffer): number {
  let filled = 0;
  for (let read = -1; read !== 0 && filled < buffer.length; filled += read) read = readSync(file, buffer, filled, buffer.length - filled, null);
  return filled;
}
