import { UserError } from '../error.ts';
import { branchesBelow } from '../git/history.ts';
import { catchUp, follow, followersOf, moveRefs } from '../git/move-refs.ts';
import { beginOperation, lastOperation, openOperation, openOperations, resumeOperation, type OperationRecord, type RefMove } from '../git/operation.ts';
import type { Repository } from '../git/repository.ts';
import { printable } from '../render/plain-text.ts';
import { actionText, contextOf, verbAction } from './actions.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { lineOf, WRITE_OPTIONS } from './inputs.ts';
import { inModule } from './restack-modules.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'take back the last operation on a stack: restack, split, undo; twice brings it again',
  usage: ['undo [--module NAME] [--dry-run]'],
  options: { module: { type: 'string', help: 'in this module of the workspace' }, 'dry-run': WRITE_OPTIONS['dry-run'] },
  async run(invocation) {
    const here = openWorkspace(invocation);
    const module = lineOf(invocation.values, 'module');
    const workspace = module === undefined ? here : inModule(here, module, invocation);
    const { repository } = workspace;
    const own = openOperation(repository, 'undo');
    if (own && isThrough(repository, own)) return complete(workspace, invocation, own);
    if (own) resumeOperation(repository, own).finish();
    const [other] = openOperations(repository);
    if (other) throw new UserError(`Unexpected ${other.verb} that is not over, expected none under way`, `${invocation.program} ${(other.abort ?? other.resume).join(' ')}`, 'operation-open');
    const last = lastOperation(repository);
    if (!last) throw new UserError('Unexpected undo, expected a restack or a split before it', `${invocation.program} restack --dry-run shows what one comes to`, 'nothing-to-undo');
    return takeBackLast(workspace, invocation, last);
  },
};

function takeBackLast(workspace: Workspace, invocation: Invocation, last: OperationRecord): Outcome {
  const { repository } = workspace;
  requireUntouched(repository, last);
  const refs = last.refs.filter(({ before, after }) => before !== after).map(({ ref, before, after }): RefMove => ({ ref, before: after, after: before }));
  requireThere(repository, refs);
  const followers = followersOf(repository, refs);
  if (invocation.values['dry-run'] === true) return answer(workspace, invocation, last, refs, followers.map(({ path }) => path));
  const operation = beginOperation(repository, { verb: 'undo', ticket: last.ticket, resume: ['undo'], refs, worktrees: [], followers, state: { of: last.verb } });
  try {
    moveRefs(repository, refs, `treework undo of ${last.verb}`);
  } catch (error) {
    operation.finish();
    throw error;
  }
  for (const follower of followers) follow(follower);
  operation.finish({ undoable: true });
  return answer(workspace, invocation, last, refs, followers.map(({ path }) => path));
}

/** Throws a UserError (`moved-since`) that names the branches that have gone on. */
function requireUntouched(repository: Repository, { refs, verb }: OperationRecord): void {
  const heads = branchesBelow(repository, 'refs/heads/');
  const since = refs.filter(({ ref, before, after }) => ref.startsWith('refs/heads/') && before !== after && (heads.get(ref.slice('refs/heads/'.length)) ?? null) !== after);
  if (since.length === 0) return;
  const names = since.map(({ ref }) => ref.slice('refs/heads/'.length));
  const [first] = since;
  const hint = first?.before ? `git branch ${names[0]}-before ${first.before.slice(0, 10)} brings back how it was, beside what it is` : `git log ${names[0]} shows what came since`;
  throw new UserError(`Unexpected ${names.join(', ')}, which moved since the ${verb}, expected ${names.length === 1 ? 'it' : 'them'} where the ${verb} left ${names.length === 1 ? 'it' : 'them'}; nothing was moved`, hint, 'moved-since');
}

/** Throws a UserError (`gone`) for commits that git has thrown away. */
function requireThere(repository: Repository, refs: readonly RefMove[]): void {
  const oids = refs.flatMap(({ after }) => after ?? []);
  const missing = repository.git(['cat-file', '--batch-check'], { input: oids.map((oid) => `${oid}\n`).join('') }).toString().split('\n').findIndex((line) => line.endsWith(' missing'));
  if (missing !== -1) throw new UserError(`Unexpected absence of the commit ${oids[missing]?.slice(0, 10)}, expected what was there before: git has thrown it away`, 'a remote may have it: git fetch', 'gone');
}

/** It was killed when its refs had moved already. */
function complete(workspace: Workspace, invocation: Invocation, record: OperationRecord): Outcome {
  const operation = resumeOperation(workspace.repository, record);
  catchUp(workspace.repository, record.followers ?? []);
  operation.finish({ undoable: true });
  const of = (record.state as { of?: string } | undefined)?.of ?? 'operation';
  return answer(workspace, invocation, { ...record, verb: of }, record.refs, (record.followers ?? []).map(({ path }) => path));
}

function isThrough(repository: Repository, { refs: [first] }: OperationRecord): boolean {
  if (!first) return false;
  const now = repository.tryGit(['rev-parse', '--verify', '-q', first.ref]).stdout.toString().trim();
  return now === (first.after ?? '');
}

function answer(workspace: Workspace, invocation: Invocation, { verb, ticket }: OperationRecord, refs: readonly RefMove[], worktrees: readonly string[]): Outcome {
  const isDry = invocation.values['dry-run'] === true;
  const branches = refs.flatMap(({ ref, before, after }) => (ref.startsWith('refs/heads/') ? [{ name: ref.slice('refs/heads/'.length), before, after }] : []));
  const action = verbAction(invocation, ['undo'], { description: `brings the ${verb} again`, context: contextOf(workspace, ticket) });
  const lines = branches.map(({ name, before, after }) => `  ${name}: ${before?.slice(0, 10) ?? 'absent'} -> ${after?.slice(0, 10) ?? 'absent'}`);
  return {
    exit: 0,
    json: { ...(ticket !== undefined && { ticket }), ...(isDry && { dry_run: true }), undone: verb, branches, worktrees, ...(!isDry && { next_action: action }) },
    text: () => [...[`the ${verb} ${isDry ? 'would be' : 'was'} taken back`, ...lines, ...worktrees.map((path) => `  ${path} ${isDry ? 'would go' : 'went'} along`)].map(printable), ...(isDry ? [] : [actionText(action)])].join('\n'),
  };
}
