import { check } from '../check/engine.ts';
import { governedRoots } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { readStandardInput } from '../git/files.ts';
import { nextCommit, type HookFacts } from '../git/hook-facts.ts';
import { Repository } from '../git/repository.ts';
import { rememberGovernedPaths, rememberVerdict } from '../git/verdicts.ts';
import { textReport } from '../render/text-report.ts';
import { rules } from '../rules/index.generated.ts';
import { BUILD } from '../version.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { judgeMessage, rememberReaders } from './judge-message.ts';

const COMMIT_HOOKS = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-applypatch'];
const SILENT: Outcome = { exit: 0, json: {}, text: '' };

export const command: Command = {
  summary: 'what a git hook runs; git calls it',
  usage: [...COMMIT_HOOKS, 'pre-push', 'pre-receive'].map((name) => `hook ${name}`),
  options: {},
  async run(invocation) {
    const [name] = invocation.positionals;
    if (name !== undefined && isChained(name, invocation.cwd)) return SILENT;
    if (name !== undefined && COMMIT_HOOKS.includes(name)) return judgeNextCommit(name, invocation);
    if (name === 'pre-push') return (await import('./judge-push.ts')).judgePush(Repository.open(invocation.cwd), readStandardInput(), invocation);
    if (name === 'pre-receive') return (await import('./judge-receive.ts')).judgeReceive(Repository.open(invocation.cwd), readStandardInput(), invocation);
    throw new UserError(`Unexpected hook ${name ?? '(none)'}, expected one of ${COMMIT_HOOKS.join(', ')}, pre-push, pre-receive`, `${invocation.program} hook --help`, 'unknown-hook');
  },
};

/** A committed line in a hook that our launcher runs: the launcher judges after it. */
function isChained(name: string, cwd: string): boolean {
  const mark = process.env.TREEWORK_CHAINED;
  return mark !== undefined && mark === `${Repository.open(cwd).commonDir}:${name}`;
}

/**
 * A preview of the next commit: HEAD (and, in a merge, what it brings in) against the index. git
 * does not tell a hook that a commit amends; HEAD is then one of two steps to the result, so an
 * amend is judged by what it changes of the commit that it replaces.
 */
function judgeNextCommit(name: string, invocation: Invocation): Outcome {
  const step = nextCommit(invocation.cwd, name);
  // Only a merge has its trees judged here: git runs no pre-commit for a clean one.
  if (name === 'commit-msg' && step.before.length < 2) return judgeMessage(step, invocation);
  const result = check({ before: step.before, after: step.after }, { rules, scope: 'changed', program: invocation.program });
  if (!result.governed) return SILENT;
  const errors = result.findings.some((finding) => finding.severity === 'error');
  const report = result.findings.length === 0 ? '' : explained(textReport(result, (path) => step.after.read(path)?.toString(), invocation.color), result.findings[0]?.rule as string, invocation);
  if (!errors) remember(step, report);
  return { exit: errors ? 1 : 0, json: { findings: result.findings, waived: result.waived }, text: report, stream: 'stderr' };
}

function explained(report: string, rule: string, invocation: Invocation): string {
  return `treework: what is staged\n\n${report}\nmore: ${invocation.program} explain ${rule}\n`;
}

/** Never under CI: there every verdict is given anew. */
function remember(facts: HookFacts, report: string): void {
  const { repository, before, after, keys } = facts;
  if (!['', '0', 'false'].includes(process.env.CI ?? '')) return;
  if (before.length > 0) for (const key of keys) rememberVerdict(repository, BUILD, key, report);
  const byWorkspace = new Map([after, ...before].flatMap((tree) => {
    const entry = tree.entry(WORKSPACE_PATH);
    return entry ? [[entry.oid, tree] as const] : [];
  }));
  // Before the paths: where those are known, the launcher takes it that this is known too.
  rememberReaders(facts, [...byWorkspace.values()]);
  for (const [oid, tree] of byWorkspace) {
    const settings = settingsIn(tree);
    if (settings) rememberGovernedPaths(repository, BUILD, oid, governedRoots(settings));
  }
}
