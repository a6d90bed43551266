import { crypto } from '../tree/crypto.ts';
import type { Edit } from '../tree/edit.ts';

/** What was placed, as it was then: path to `sha256:<hex>`. Whoever changed a file since then keeps it. */
export type Placed = Readonly<Record<string, string>>;

export interface PlacedPlan {
  readonly edits: readonly Edit[];
  readonly placed: Placed;
  /** Files that somebody changed, or that were there before: left as they are. */
  readonly kept: readonly string[];
  /** Files that are not as this version has them, and will be. */
  readonly stale: readonly string[];
}

/** How copies of shipped files are brought up to date: those that nobody touched are written anew, new ones made, ones no longer shipped taken away. */
export function planPlaced(shipped: ReadonlyMap<string, string>, before: Placed, standing: (path: string) => Buffer | undefined): PlacedPlan {
  const edits: Edit[] = [];
  const [kept, stale]: [string[], string[]] = [[], []];
  const placed: Record<string, string> = {};
  for (const [path, text] of shipped) {
    const there = standing(path);
    if (there?.equals(Buffer.from(text))) placed[path] = digestOf(there);
    else if (there && digestOf(there) !== before[path]) {
      kept.push(path);
      if (before[path] !== undefined) placed[path] = before[path];
    } else {
      edits.push({ path, content: text, expect: there ?? 'absent' });
      placed[path] = digestOf(Buffer.from(text));
      stale.push(path);
    }
  }
  for (const [path, digest] of Object.entries(before)) {
    const there = shipped.has(path) ? undefined : standing(path);
    if (there && digestOf(there) === digest) {
      edits.push({ path, content: undefined, expect: there });
      stale.push(path);
    }
  }
  return { edits, placed, kept, stale };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${crypto().createHash('sha256').update(bytes).digest('hex')}`;
}
