import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import type { GitOptions } from './run.ts';

const PIECE = 1 << 18;
const NEWLINE = 0x0a;
/** Blobs are asked for once each: git need not keep many megabytes of them at hand. */
const SMALL = ['core.packedGitWindowSize=1m', 'core.packedGitLimit=4m', 'core.deltaBaseCacheLimit=2m'].flatMap((setting) => ['-c', setting]);
/** When git writes nothing for so long, something is wrong with it: the caller reads another way. */
const PATIENCE_MS = 5_000;

/**
 * Objects in a given order from one `cat-file --batch` that runs beside this process and writes to a
 * file, so that reading and judging share two cores although judging is synchronous.
 */
export class ObjectStream {
  readonly #waiting: Set<Oid>;
  readonly #folder: string;
  readonly #file: number;
  readonly #child: ChildProcess;
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));
  #buffer: Buffer = Buffer.alloc(0);
  #position = 0;
  #isBroken = false;

  constructor(oids: readonly Oid[], options: GitOptions) {
    this.#waiting = new Set(oids);
    this.#folder = mkdtempSync(join(tmpdir(), 'treework-objects-'));
    const names = join(this.#folder, 'names');
    writeFileSync(names, [...this.#waiting].map((oid) => `${oid}\n`).join(''));
    const [input, output] = [openSync(names, 'r'), openSync(join(this.#folder, 'objects'), 'w')];
    this.#child = childProcess().spawn('git', [...SMALL, 'cat-file', '--batch', '--buffer'], { cwd: options.cwd, env: environmentOf(options), stdio: [input, output, 'ignore'], windowsHide: true });
    this.#child.on('error', () => {});
    closeSync(input);
    closeSync(output);
    this.#file = openSync(join(this.#folder, 'objects'), 'r');
  }

  /** The contents up to and with this object's; undefined when it is not to come any more. */
  take(oid: Oid): [Oid, Buffer][] | undefined {
    if (!this.#waiting.has(oid)) return undefined;
    const taken: [Oid, Buffer][] = [];
    for (;;) {
      const next = this.#next();
      if (!next) {
        this.#waiting.clear();
        return undefined;
      }
      this.#waiting.delete(next[0]);
      taken.push(next);
      if (next[0] === oid) return taken;
    }
  }

  close(): void {
    this.#child.kill();
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #next(): [Oid, Buffer] | undefined {
    let end = this.#buffer.indexOf(NEWLINE);
    while (end === -1) {
      if (!this.#grow(1)) return undefined;
      end = this.#buffer.indexOf(NEWLINE);
    }
    const [oid, , size] = this.#buffer.toString('latin1', 0, end).split(' ');
    if (oid === undefined || size === undefined || !/^\d+$/.test(size)) return undefined;
    const last = end + 1 + Number(size);
    if (!this.#grow(last + 1 - this.#buffer.length)) return undefined;
    const content = this.#buffer.subarray(end + 1, last);
    this.#buffer = this.#buffer.subarray(last + 1);
    return [oid, content];
  }

  /** Waits until at least so many more bytes have been read; false when they do not come. */
  #grow(bytes: number): boolean {
    const needed = this.#buffer.length + bytes;
    let waited = 0;
    while (this.#buffer.length < needed) {
      if (this.#isBroken) return false;
      const available = fstatSync(this.#file).size - this.#position;
      if (available > 0) {
        const piece = Buffer.allocUnsafe(Math.min(available, Math.max(PIECE, needed - this.#buffer.length)));
        const read = readSync(this.#file, piece, 0, piece.length, this.#position);
        this.#position += read;
        this.#buffer = this.#buffer.length === 0 ? piece.subarray(0, read) : Buffer.concat([this.#buffer, piece.subarray(0, read)]);
        waited = 0;
      } else {
        Atomics.wait(this.#pause, 0, 0, 1);
        waited += 1;
        this.#isBroken = waited > PATIENCE_MS;
      }
    }
    return true;
  }
}
