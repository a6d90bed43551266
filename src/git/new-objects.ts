import { deflateSync } from 'node:zlib';
import { crypto } from '../tree/crypto.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

type ObjectType = 'commit' | 'tree' | 'blob';

const TYPE_BITS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };
/** From so many objects on one pack is better than a file for each: as `fetch.unpackLimit` has it. */
const PACK_FROM = 100;

/** Objects that are made in memory: their ids are known before anything is written. */
export class NewObjects {
  readonly #format: 'sha1' | 'sha256';
  readonly #objects = new Map<Oid, { readonly type: ObjectType; readonly content: Buffer }>();

  constructor(format: 'sha1' | 'sha256') {
    this.#format = format;
  }

  add(type: ObjectType, content: Buffer): Oid {
    const oid = crypto().createHash(this.#format).update(`${type} ${content.length}\0`).update(content).digest('hex');
    this.#objects.set(oid, { type, content });
    return oid;
  }

  get(oid: Oid): Buffer | undefined {
    return this.#objects.get(oid)?.content;
  }

  /** Writes them all into the repository; what is there already stays. Nothing refers to them yet. */
  write(repository: Repository): void {
    if (this.#objects.size === 0) return;
    const pack = this.#pack();
    if (this.#objects.size < PACK_FROM) repository.git(['unpack-objects', '-q'], { input: pack });
    else repository.git(['index-pack', '--stdin'], { input: pack });
  }

  /** See gitformat-pack(5). */
  #pack(): Buffer {
    const header = Buffer.alloc(12);
    header.write('PACK');
    header.writeUInt32BE(2, 4);
    header.writeUInt32BE(this.#objects.size, 8);
    const pieces: Uint8Array[] = [header];
    for (const { type, content } of this.#objects.values()) pieces.push(entryHeader(type, content.length), deflateSync(content, { level: 1 }));
    const body = Buffer.concat(pieces);
    return Buffer.concat([body, crypto().createHash(this.#format).update(body).digest()]);
  }
}

/** The size in groups of bits, the first of four beside the type, the others of seven, the lowest first. */
function entryHeader(type: ObjectType, size: number): Buffer {
  const bytes = [(TYPE_BITS[type] << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}
