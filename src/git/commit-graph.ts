import type { Oid } from '../tree/tree.ts';
import { requireHistory } from './history.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** A commit as its object says. */
export interface GraphCommit {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  /** Name, address and time, as it is written: amending and rebasing leave it as it is. */
  readonly author: string;
  /** The first line of the message. */
  readonly subject: string;
  readonly raw: Buffer;
}

/**
 * The commits of branches that a ground commit does not have, each after its parents, by two git
 * processes. Throws a UserError (`shallow`) where history is cut.
 */
export function graphAbove(repository: Repository, ground: Oid, tips: readonly Oid[]): Map<Oid, GraphCommit> {
  requireHistory(repository, tips, [ground]);
  const oids = linesOf(repository.git(['rev-list', '--topo-order', '--reverse', '--stdin'], { input: `${[...new Set(tips)].join('\n')}\n^${ground}\n` }));
  if (oids.length === 0) return new Map();
  return new Map(readObjects(oids, repository.options).map((object, at) => {
    if (object?.type !== 'commit') throw new Error(`rev-list names ${oids[at]}, and it is no commit`);
    return [object.oid, commitOf(object.oid, object.content)] as const;
  }));
}

function commitOf(oid: Oid, raw: Buffer): GraphCommit {
  const { headers, message } = partsOf(raw);
  const value = (name: string) => headers.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  return { oid, raw, tree: value('tree')[0] ?? '', parents: value('parent'), author: value('author')[0] ?? '', subject: message.toString().split('\n', 1)[0] ?? '' };
}

/**
 * The bytes of a commit with another tree and other parents: author, committer, their dates, the
 * encoding and the message stay by the byte; a signature, which would be wrong, does not.
 */
export function withTree(raw: Buffer, tree: Oid, parents: readonly Oid[]): Buffer {
  const { headers, message } = partsOf(raw);
  const kept = headers.filter((line) => !/^(?:tree|parent|gpgsig|gpgsig-sha256|mergetag) /.test(line));
  return Buffer.concat([Buffer.from([`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), ...kept].join('\n'), 'latin1'), Buffer.from('\n\n'), message]);
}

/** The bytes of a commit without its signature. */
export function unsigned(raw: Buffer): Buffer {
  const { headers, message } = partsOf(raw);
  return Buffer.concat([Buffer.from(headers.filter((line) => !SIGNATURE.test(line)).join('\n'), 'latin1'), Buffer.from('\n\n'), message]);
}

export function hasSignature(raw: Buffer): boolean {
  return partsOf(raw).headers.some((line) => SIGNATURE.test(line));
}

const SIGNATURE = /^gpgsig(?:-sha256)? /;

/** A header line that begins with a space goes on the one before it. */
function partsOf(raw: Buffer): { headers: string[]; message: Buffer } {
  const end = raw.indexOf('\n\n');
  return { headers: raw.toString('latin1', 0, end === -1 ? raw.length : end).split(/\n(?! )/), message: end === -1 ? Buffer.alloc(0) : raw.subarray(end + 2) };
}
