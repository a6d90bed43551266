import type { CheckResult } from '../check/engine.ts';
import { BASELINE_PATH } from '../documents/settings.ts';
import { applyEdits } from '../git/apply.ts';
import type { Repository } from '../git/repository.ts';
import { count } from '../render/plain-text.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { ruleFacts } from '../rules/facts.generated.ts';
import { baselineIn, baselineText, entriesOf, type BaselineEntry } from '../workflow/baseline.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import { outcome } from './outcome.ts';

/** Judges a tree, as a step or as it stands alone. */
export interface BaselineJudge {
  step(after: Tree): CheckResult;
  state(after: Tree): CheckResult;
}

/** Writes what is wrong now as known, or takes out what no longer occurs; what protects the freeze, histories and the archive is never known. */
export function writeBaseline(repository: Repository, form: 'write' | 'prune', after: Tree, judge: BaselineJudge, invocation: Invocation): Outcome {
  const old = baselineIn(after);
  const now = form === 'write' ? everything(judge.state(new OverlayTree(after, [{ path: BASELINE_PATH, content: undefined }])), after) : pruned(old, judge.step(after).removable);
  const [added, removed] = [difference(now, old), difference(old, now)];
  const bytes = after.read(BASELINE_PATH);
  const edit: Edit | undefined = now.length > 0 ? { path: BASELINE_PATH, content: baselineText(now) } : bytes && { path: BASELINE_PATH, content: undefined };
  const isSame = edit === undefined || (bytes !== undefined && edit.content === bytes.toString());
  if (edit && !isSame) applyEdits(repository, [edit]);
  const result = edit ? judge.step(new OverlayTree(after, [edit])) : judge.step(after);
  const answer = outcome(result, after, invocation);
  const size = now.reduce((sum, entry) => sum + (entry.count ?? 1), 0);
  const done = isSame ? `${BASELINE_PATH} is as it should be` : now.length === 0 ? `removed ${BASELINE_PATH}: nothing in it occurs any more` : `wrote ${BASELINE_PATH}: ${count(size, 'known finding')} (${added} new, ${removed} taken out)`;
  const next = isSame ? undefined : commitAction(repository, form);
  return {
    ...answer,
    json: { ...answer.json, baseline: { path: BASELINE_PATH, known: size, added, removed }, ...(next && answer.exit === 0 && { next_action: next }) },
    text: () => [done, ...(next ? [`next: ${next.command}`] : []), '', typeof answer.text === 'string' ? answer.text : answer.text()].join('\n'),
  };
}

function everything(result: CheckResult, after: Tree): BaselineEntry[] {
  const isProtected = new Set(ruleFacts.filter((facts) => facts.isProtected).map(({ id }) => id));
  return entriesOf(result.findings.filter(({ rule, path }) => !isProtected.has(rule) && path !== BASELINE_PATH), (path) => after.read(path)?.toString());
}

function pruned(entries: readonly BaselineEntry[], removable: readonly BaselineEntry[]): BaselineEntry[] {
  const gone = new Map(removable.map(({ fingerprint, count: number = 1 }) => [fingerprint, number]));
  return entries.flatMap((entry) => {
    const left = (entry.count ?? 1) - (gone.get(entry.fingerprint) ?? 0);
    return left > 0 ? [{ ...entry, count: left }] : [];
  });
}

/** How many findings the one knows and the other does not. */
function difference(one: readonly BaselineEntry[], other: readonly BaselineEntry[]): number {
  const counts = new Map(other.map(({ fingerprint, count: number = 1 }) => [fingerprint, number]));
  return one.reduce((sum, { fingerprint, count: number = 1 }) => sum + Math.max(0, number - (counts.get(fingerprint) ?? 0)), 0);
}

function commitAction(repository: Repository, form: 'write' | 'prune'): NextAction {
  const argv = ['git', 'add', '--', BASELINE_PATH];
  const message = form === 'write' ? 'chore: what is known to be wrong' : 'chore: what is no longer wrong';
  return { command: `${argv.join(' ')} && git commit -m '${message}'`, argv, cwd: repository.workRoot, description: 'commit the baseline, so that every clone and the server go by it' };
}
