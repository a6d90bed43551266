import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import { parseObjects, readObjects, type GitObject } from './objects.ts';
import { git, linesOf, type GitOptions } from './run.ts';

/** An object's id and type; undefined where a name leads to nothing. */
export type Named = { readonly oid: Oid; readonly type: string } | undefined;

/** What waits for an answer: how many objects, and what the answer is so far. */
interface Asked {
  readonly names: readonly string[];
  readonly take: (answer: Buffer | undefined) => void;
  readonly hasContents: boolean;
}

/**
 * One `cat-file --batch-command` that answers question after question, started before there is any.
 * git gives up at an object that is corrupt: then everything is asked for in calls of its own, by
 * halves, so that such an object is absent and nothing else is.
 */
export class ObjectReader {
  readonly #options: GitOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  #asked: Asked | undefined;
  #pieces: Buffer[] = [];
  #isOpen = true;

  constructor(options: GitOptions) {
    this.#options = options;
    this.#child = childProcess().spawn('git', ['cat-file', '--batch-command', '--buffer'], { cwd: options.cwd, env: environmentOf(options), stdio: 'pipe', windowsHide: true });
    this.#child.stdout.on('data', (piece: Buffer) => this.#read(piece));
    for (const event of ['close', 'error']) this.#child.on(event, () => this.#end());
    // A reader that went away is heard of when the process closes.
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.resume();
  }

  /** What names (`<commit>:<path>`, `<commit>^{tree}`; without newlines) lead to, unread. */
  async name(names: readonly string[]): Promise<Named[]> {
    const answer = await this.#ask(names, false);
    const lines = answer ? linesOf(answer) : undefined;
    return lines?.length === names.length ? lines.map(namedIn) : sparing(names, (some) => linesOf(git(['cat-file', '--batch-check'], { ...this.#options, input: `${some.join('\n')}\n` })).map(namedIn));
  }

  /** Objects by id; undefined where one is missing or corrupt. */
  async read(oids: readonly Oid[]): Promise<(GitObject | undefined)[]> {
    const answer = await this.#ask(oids, true);
    return answer ? parseObjects(answer, oids) : sparing(oids, (some) => readObjects(some, this.#options));
  }

  close(): void {
    this.#child.stdin.end();
  }

  #ask(names: readonly string[], hasContents: boolean): Promise<Buffer | undefined> {
    if (names.length === 0) return Promise.resolve(Buffer.alloc(0));
    if (!this.#isOpen) return Promise.resolve(undefined);
    return new Promise((take) => {
      this.#asked = { names, take, hasContents };
      this.#child.stdin.write(`${names.map((name) => `${hasContents ? 'contents' : 'info'} ${name}\n`).join('')}${END}flush\n`);
    });
  }

  /** Complete when the answer to the last, which is about nothing, has come. */
  #read(piece: Buffer): void {
    this.#pieces.push(piece);
    if (!endsInMark(this.#pieces)) return;
    const answer = Buffer.concat(this.#pieces);
    const asked = this.#asked;
    // What looks like the end may be in the middle of a content.
    if (!asked || (asked.hasContents && !isWhole(answer, asked.names.length))) return;
    this.#asked = undefined;
    this.#pieces = [];
    asked.take(answer.subarray(0, answer.length - MARK.length));
  }

  #end(): void {
    this.#isOpen = false;
    const asked = this.#asked;
    this.#asked = undefined;
    this.#pieces = [];
    asked?.take(undefined);
  }
}

/** Asked for last in each question: no object has this name. */
const NOTHING = 'refs/treework/nothing:at/all';
const END = `info ${NOTHING}\n`;
const MARK = Buffer.from(`${NOTHING} missing\n`);

function endsInMark(pieces: readonly Buffer[]): boolean {
  const last = pieces.at(-1) as Buffer;
  const tail = last.length >= MARK.length ? last : Buffer.concat(pieces);
  return tail.subarray(-MARK.length).equals(MARK);
}

/** Whether so many answers, and the mark, are all of it. */
function isWhole(answer: Buffer, count: number): boolean {
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const end = answer.indexOf(0x0a, offset);
    if (end === -1) return false;
    const size = / (\d+)$/.exec(answer.toString('latin1', Math.max(offset, end - 24), end))?.[1];
    offset = end + 1 + (size === undefined ? 0 : Number(size) + 1);
  }
  return offset === answer.length - MARK.length;
}

function namedIn(line: string): Named {
  const found = /^([0-9a-f]{40,64}) (\w+) \d+$/.exec(line);
  return found ? { oid: found[1] as Oid, type: found[2] as string } : undefined;
}

function sparing<T>(names: readonly string[], ask: (names: readonly string[]) => readonly (T | undefined)[]): (T | undefined)[] {
  if (names.length === 0) return [];
  try {
    return [...ask(names)];
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'git') throw error;
    if (names.length === 1) return [undefined];
    const half = names.length >> 1;
    return [...sparing(names.slice(0, half), ask), ...sparing(names.slice(half), ask)];
  }
}
