import { changedLines } from '../documents/changed-lines.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { Finding } from '../tree/finding.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { entriesOf, Remaining } from '../workflow/baseline.ts';
import { fingerprintOf } from '../workflow/fingerprint.ts';
import type { Rule } from '../workflow/rule.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { check } from './engine.ts';

/** Since when. */
export interface Since {
  /** A line has changed when it differs from all of them. */
  readonly before: readonly Tree[];
  readonly after: Tree;
  readonly rules: readonly Rule[];
  readonly program: string;
}

/**
 * Those of some findings that came with what changed: on a line that did, about a file as a whole that
 * did, in a file that is new, or not there before by the rules as they are set now, since something
 * else changed.
 */
export function findingsSince(findings: readonly Finding[], since: Since): Finding[] {
  const isChanged = changeTeller(since);
  const others = findings.filter((finding) => !isChanged(finding));
  const earlier = others.length > 0 ? new Remaining(earlierEntries(others, since)) : undefined;
  return findings.filter((finding) => isChanged(finding) || !earlier?.take(fingerprintOf(finding, since.after.read(finding.path)?.toString())));
}

/** What the files of these findings had to say before, judged by today's settings. */
function earlierEntries(findings: readonly Finding[], { before, after, rules, program }: Since) {
  const settings = settingsIn(after);
  const own = [WORKSPACE_PATH, ...(settings?.kinds ?? []).flatMap(({ schema }) => schema ?? [])].flatMap((path) => {
    const content = after.read(path);
    return content ? [{ path, content }] : [];
  });
  const paths = [...new Set(findings.map(({ path }) => path))];
  return before.flatMap((tree) => {
    const then = new OverlayTree(tree, own);
    const found = check({ before: [], after: then }, { rules, scope: paths.filter((path) => then.entry(path)), program });
    return entriesOf([...found.findings, ...found.known], (path) => then.read(path)?.toString());
  });
}

function changeTeller({ before, after }: Since): (finding: Finding) => boolean {
  const lines = new Map<string, ReadonlySet<number> | 'all' | 'none'>();
  return ({ path, line, column }) => {
    const changed = lines.get(path) ?? linesChanged(path, before, after);
    lines.set(path, changed);
    return changed === 'all' || (changed !== 'none' && ((line === 1 && column === 1) || changed.has(line)));
  };
}

function linesChanged(path: string, before: readonly Tree[], after: Tree): ReadonlySet<number> | 'all' | 'none' {
  const now = after.entry(path);
  const earlier = before.flatMap((tree) => tree.entry(path) ?? []);
  if (earlier.some((entry) => entry.oid === now?.oid)) return 'none';
  const text = after.read(path)?.toString();
  if (earlier.length === 0 || text === undefined) return 'all';
  const sets = before.flatMap((tree) => {
    const old = tree.read(path)?.toString();
    return old === undefined ? [] : [changedLines(old, text)];
  });
  const [first, ...others] = sets;
  return first ? new Set([...first].filter((line) => others.every((set) => set.has(line)))) : 'all';
}
