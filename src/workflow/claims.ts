import { parseDocument } from '../documents/parse.ts';
import { nodeRecordOf } from './node-record.ts';
import { stable } from './stable.ts';

/** A record's content in another work tree or ref. */
export interface ForeignRecord {
  readonly where: string;
  readonly bytes: Buffer;
}

/** What a foreign record has that the one here has not. */
export interface ForeignClaim {
  readonly where: string;
  /** Its last entry. */
  readonly to: string;
  readonly by: string;
}

type Data = Readonly<Record<string, unknown>>;

/** The first foreign record that holds an entry which the one here lacks: it has gone on there, or is claimed. */
export function claimElsewhere(own: Data | undefined, foreign: readonly ForeignRecord[]): ForeignClaim | undefined {
  const entries = entriesOf(own);
  for (const { where, bytes } of foreign) {
    const { data } = parseDocument(bytes);
    if (continues(entries, entriesOf(data))) continue;
    const last = nodeRecordOf(data ?? {}).history.at(-1);
    return { where, to: stable(last?.to).replaceAll('"', ''), by: last?.by ?? 'nobody' };
  }
  return undefined;
}

/**
 * The foreign record that tells more of a node than the one here: the longest that continues it; or,
 * where the two went apart, one by which somebody works on the node while nobody does here.
 */
export function newerElsewhere<One extends ForeignRecord>(own: Data | undefined, foreign: readonly One[]): One | undefined {
  let [best, entries, isWorkedOn]: [One | undefined, string[], boolean] = [undefined, entriesOf(own), isUnderWay(own)];
  for (const one of foreign) {
    const { data } = parseDocument(one.bytes);
    const theirs = entriesOf(data);
    if (theirs.length === 0 || continues(entries, theirs)) continue;
    if (!continues(theirs, entries) && (isWorkedOn || !isUnderWay(data))) continue;
    [best, entries, isWorkedOn] = [one, theirs, isUnderWay(data)];
  }
  return best;
}

function isUnderWay(data: Data | undefined): boolean {
  const last = nodeRecordOf(data ?? {}).history.at(-1)?.to;
  return last === 'in_progress' || last === 'failed';
}

/** Each as text that is equal for equal entries. */
function entriesOf(data: Data | undefined): string[] {
  return Array.isArray(data?.history) ? data.history.map(stable) : [];
}

function continues(longer: readonly string[], shorter: readonly string[]): boolean {
  return shorter.every((entry, index) => entry === longer[index]);
}
