import { join } from 'node:path';
import { commitPaths } from '../git/commit.ts';
import { readBytes } from '../git/files.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { textReport } from '../render/text-report.ts';
import type { Finding } from '../tree/finding.ts';
import { actionText } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import type { Workspace } from './workspace.ts';

export interface Commit {
  readonly paths: readonly string[];
  readonly message: string;
  readonly ticket: string | undefined;
  /** One line for a person: what was written. */
  readonly done: string;
}

/**
 * Commits what a verb has written, through the hooks, and says what comes next. A refused commit is
 * answered by what is wrong with it: the files stay as they were written.
 */
export async function commitWritten(workspace: Workspace, invocation: Invocation, written: Commit, answer: Outcome): Promise<Outcome> {
  const { commit, said } = commitPaths(workspace.repository, written.paths, written.message);
  if (commit === undefined) return refused(workspace, invocation, written, answer, said);
  const { nextActionOf } = await import('./next-action.ts');
  const next = await nextActionOf(workspace, invocation, written.ticket);
  return {
    exit: answer.exit,
    json: { ...answer.json, committed: commit, next_action: next },
    text: () => [written.done, ...written.paths.map((path) => `  ${path}`), `committed ${commit.slice(0, 10)}: ${written.message}`, actionText(next)].join('\n'),
  };
}

/** The files are there: what is next is to mend them, then the same commit. */
async function refused(workspace: Workspace, invocation: Invocation, written: Commit, answer: Outcome, said: string): Promise<Outcome> {
  const findings = await findingsOf(workspace, invocation, written.paths);
  const why = `${written.paths.join(', ')} ${written.paths.length === 1 ? 'is' : 'are'} written and not committed: git or a hook refused the commit`;
  const next = answer.json.next_action as NextAction;
  const sources = new Map(findings.map(({ path }) => [path, readBytes(join(workspace.repository.workRoot, path))?.toString()]));
  const reported = { findings, waived: [], documents: written.paths.length, tickets: 1 };
  const report = findings.length > 0 ? [textReport(reported, (path) => sources.get(path), invocation.color)] : [];
  return {
    exit: 1,
    json: { ...answer.json, findings, refused: why, said, next_action: next },
    text: () => [written.done, ...report, said, why, actionText(next)].filter((line) => line !== '').join('\n'),
  };
}

/** What the rules say of that commit; none where it was refused for another reason. */
async function findingsOf({ repository }: Workspace, { program }: Invocation, paths: readonly string[]): Promise<readonly Finding[]> {
  const [{ check }, { rules }] = await Promise.all([import('../check/engine.ts'), import('../rules/index.generated.ts')]);
  const before = repository.nextParents();
  const edits = paths.map((path) => ({ path, content: readBytes(join(repository.workRoot, path)) }));
  const after = new OverlayTree(before[0] ?? repository.emptyTree, edits);
  return check({ before, after }, { rules, scope: 'changed', program }).findings.filter(({ severity }) => severity === 'error');
}
