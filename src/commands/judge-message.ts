import { checkCommit, concernsCommit, readsEveryMessage } from '../check/commit.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { HookFacts } from '../git/hook-facts.ts';
import { readMessageFile } from '../git/message-file.ts';
import { rememberMessageReader } from '../git/verdicts.ts';
import { textReport } from '../render/text-report.ts';
import { rules } from '../rules/index.generated.ts';
import type { Tree } from '../tree/tree.ts';
import { BUILD } from '../version.ts';
import { MESSAGE_PATH } from '../workflow/rule.ts';
import { settingsIn } from '../workflow/snapshot.ts';
import { cleanMessage } from '../workflow/trailers.ts';
import { withClaim } from './claim-trailer.ts';
import type { Invocation, Outcome } from './command.ts';

/**
 * Judges the message of the next commit, with what the commit changes of HEAD: what it holds was judged
 * by pre-commit. Never remembered, since no verdict's name tells one message from another.
 */
export function judgeMessage(facts: HookFacts, invocation: Invocation): Outcome {
  const { repository, before, after } = facts;
  const { text, form } = withClaim(facts, readMessageFile(repository, invocation.positionals[1], invocation.cwd));
  const { branch } = repository;
  const change = { before, after, message: cleanMessage(text, form), ...(branch !== undefined && { ref: branch }) };
  const options = { rules, program: invocation.program };
  if (change.message === '' || !concernsCommit(change, options)) return { exit: 0, json: {}, text: '' };
  const { findings, waived } = checkCommit(change, options);
  const errors = findings.some(({ severity }) => severity === 'error');
  const report = () => textReport({ findings, waived, documents: 0, tickets: 0 }, (path) => (path === MESSAGE_PATH ? change.message : after.read(path)?.toString()), invocation.color);
  const kept = errors ? 'your message is kept: git commit -e -F "$(git rev-parse --git-path COMMIT_EDITMSG)"\n' : '';
  return { exit: errors ? 1 : 0, json: { findings, waived }, text: findings.length === 0 ? '' : `treework: this commit\n\n${report()}\n${kept}more: ${invocation.program} explain ${findings[0]?.rule}\n`, stream: 'stderr' };
}

/** Tells the launcher under which WORKSPACE.md node has to see every message. */
export function rememberReaders({ repository }: HookFacts, trees: readonly Tree[]): void {
  for (const tree of trees) {
    const workspace = tree.entry(WORKSPACE_PATH);
    const settings = workspace && settingsIn(tree);
    if (settings && readsEveryMessage(settings, rules)) rememberMessageReader(repository, BUILD, workspace.oid);
  }
}
