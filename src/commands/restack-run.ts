import { UserError } from '../error.ts';
import { checkoutsOf } from '../git/checkouts.ts';
import { leavePlace, mendedIn, showConflict, type MendPlace } from '../git/mend-place.ts';
import { catchUp, follow, followersOf, moveRefs, requireFree } from '../git/move-refs.ts';
import { beginOperation, isRunning, resumeOperation, type Operation, type OperationRecord, type RefMove } from '../git/operation.ts';
import type { Resolution } from '../git/pick.ts';
import { takeBack } from '../git/take-back.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import type { RestackPlan } from '../workflow/restack-plan.ts';
import type { Invocation, Outcome } from './command.ts';
import { abortedAnswer, conflictAnswer, doneAnswer, refusedAnswer } from './restack-answer.ts';
import { build, type Built } from './restack-build.ts';
import type { Stop } from './restack-building.ts';
import { judgeBuilt } from './restack-judge.ts';
import { mendPath } from './restack-place.ts';
import { signed } from './restack-sign.ts';
import type { Workspace } from './workspace.ts';

/** What the journal keeps of a restack: all that it comes to follows from it. */
export interface RestackState {
  readonly plan: RestackPlan;
  readonly resolutions: readonly Resolution[];
  /** Where a conflict is being mended. */
  readonly place?: MendPlace | undefined;
}

/** Computes all of it, and then moves all of it, or stops at the first conflict with nothing moved. */
export async function proceed(workspace: Workspace, invocation: Invocation, state: RestackState, operation?: Operation): Promise<Outcome> {
  const { repository } = workspace;
  const { plan, resolutions } = state;
  const built = build(repository, plan, resolutions);
  const checkouts = checkoutsOf(repository);
  const touched = touchedBy(plan, built);
  requireFree(checkouts.filter(({ branch }) => branch !== undefined && touched.has(branch)));
  const isWanted = invocation.values['no-gpg-sign'] !== true;
  if (invocation.values['dry-run'] === true) return built.stop ? conflictAnswer(workspace, invocation, plan, built, undefined) : doneAnswer(workspace, invocation, plan, { ...built, signatures: signed(repository, built, isWanted, true).signatures }, []);
  if (built.stop) return stopAt(workspace, invocation, state, built, built.stop, operation);
  const findings = plan.isJudged ? judgeBuilt(workspace, invocation, plan, built.branches) : [];
  if (findings.length > 0) {
    operation?.note({ isWaiting: true, refs: [], state });
    return refusedAnswer(workspace, invocation, plan, findings, operation !== undefined);
  }
  const final = signedOrWaiting(repository, built, isWanted, operation);
  return doneAnswer(workspace, invocation, plan, { ...final.built, signatures: final.signatures }, move(workspace, plan, final.built, state, operation));
}

/** A key that is not there now may be later: what was mended is kept for then. */
function signedOrWaiting(repository: Workspace['repository'], built: Built, isWanted: boolean, operation: Operation | undefined) {
  try {
    return signed(repository, built, isWanted, false);
  } catch (error) {
    operation?.note({ isWaiting: true, refs: [] });
    throw error;
  }
}

/** Branches that move, or may where it is not known yet. */
function touchedBy({ branches }: RestackPlan, { branches: built, stop }: Built): ReadonlySet<string> {
  const known = new Map(built.map((one) => [one.name, one.state]));
  return new Set(branches.flatMap(({ name }) => (known.get(name) === 'moved' || (stop && !known.has(name)) ? [name] : [])));
}

/** Moves branches, and the records of where they begin, in one transaction; the folders of the work trees that went along. */
function move({ repository }: Workspace, plan: RestackPlan, { branches }: Built, state: RestackState, given: Operation | undefined): string[] {
  const recorded = new Map(plan.branches.map(({ name, base }) => [name, base]));
  const heads = branches.map(({ name, before, after }): RefMove => ({ ref: `refs/heads/${name}`, before, after }));
  const bases = branches.flatMap(({ name, state: how, base }): RefMove[] => (how === 'merged' ? [] : [{ ref: baseRef(name), before: recorded.get(name) ?? null, after: base }]));
  const refs = [...heads, ...bases].filter(({ before, after }) => before !== after);
  const followers = followersOf(repository, refs);
  const operation = given ?? beginOperation(repository, { ...FACTS, ticket: ticketOf(plan), refs, worktrees: [], followers, state });
  operation.note({ refs, followers, isWaiting: false });
  try {
    moveRefs(repository, refs, `treework restack onto ${plan.ground.branch}`);
  } catch (error) {
    if (given) operation.note({ refs: [], followers: [], isWaiting: true });
    else operation.finish();
    throw error;
  }
  for (const follower of followers) follow(follower);
  operation.finish({ undoable: heads.some(({ before, after }) => before !== after) });
  return followers.map(({ path }) => path);
}

const FACTS = { verb: 'restack', resume: ['restack', '--continue'], abort: ['restack', '--abort'] };

async function stopAt(workspace: Workspace, invocation: Invocation, state: RestackState, built: Built, stop: Stop, given: Operation | undefined): Promise<Outcome> {
  const { repository } = workspace;
  const checkout = checkoutsOf(repository).find(({ branch }) => branch === stop.branch);
  const place: MendPlace = { path: checkout?.path ?? mendPath(workspace, stop.branch), branch: checkout && stop.branch, commit: stop.commit, onto: stop.onto, how: state.plan.mode === 'merge' ? 'merge' : 'pick' };
  const facts = { ...FACTS, ticket: ticketOf(state.plan), refs: [], worktrees: checkout ? [] : [place.path], state: { ...state, place } };
  const operation = given ?? beginOperation(repository, facts);
  operation.note(facts);
  try {
    showConflict(repository, place);
  } catch (error) {
    leavePlace(repository, place);
    if (given) operation.note({ isWaiting: true, state });
    else operation.finish();
    throw error;
  }
  operation.note({ isWaiting: true });
  return conflictAnswer(workspace, invocation, state.plan, built, place);
}

/** Takes what was mended, leaves the place where it was, and goes on with the rest. */
export async function continueRestack(workspace: Workspace, invocation: Invocation, record: OperationRecord): Promise<Outcome> {
  const { repository } = workspace;
  const state = stateOf(record);
  const mended = record.isWaiting && state.place ? [mendedIn(state.place)] : [];
  const operation = resumeOperation(repository, record);
  if (isMoved(workspace, record)) return finish(workspace, invocation, record, operation);
  const next = { plan: { ...state.plan, isJudged: state.plan.isJudged && invocation.values['no-verify'] !== true }, resolutions: [...state.resolutions, ...mended] };
  operation.note({ state: { ...next, place: state.place } });
  if (state.place) leavePlace(repository, state.place);
  operation.note({ state: next, worktrees: [] });
  return proceed(workspace, invocation, next, operation);
}

/** Everything as it was before the restack began. */
export async function abortRestack(workspace: Workspace, invocation: Invocation, record: OperationRecord): Promise<Outcome> {
  const { repository } = workspace;
  const state = stateOf(record);
  const operation = resumeOperation(repository, record);
  const isGone = state.place === undefined || leavePlace(repository, state.place);
  const taken = takeBack(repository, operation);
  operation.finish();
  return abortedAnswer(workspace, invocation, state, taken, isGone);
}

/** Ends what a killed restack has begun: forward where its refs had moved already, back otherwise. Throws a UserError while it runs or waits. */
export function settle(workspace: Workspace, { program }: Invocation, record: OperationRecord): void {
  const { repository } = workspace;
  if (record.isWaiting && !isRunning(record)) throw new UserError('Unexpected restack that stopped at a conflict, expected it to be over', `${program} restack --continue, or --abort`, 'operation-open');
  const operation = resumeOperation(repository, record);
  const { place } = stateOf(record);
  if (place) leavePlace(repository, place);
  catchUp(repository, record.followers ?? []);
  operation.finish({ undoable: isMoved(workspace, record) });
}

function finish(workspace: Workspace, invocation: Invocation, record: OperationRecord, operation: Operation): Outcome {
  const { plan } = stateOf(record);
  catchUp(workspace.repository, record.followers ?? []);
  operation.finish({ undoable: true });
  return doneAnswer(workspace, invocation, plan, { branches: [] }, (record.followers ?? []).map(({ path }) => path));
}

/** Whether the transaction of a restack is through: it moves all of its refs, or none. */
function isMoved({ repository }: Workspace, { refs }: OperationRecord): boolean {
  const [first] = refs;
  return first !== undefined && first.after !== null && repository.tryGit(['rev-parse', '--verify', '-q', first.ref]).stdout.toString().trim() === first.after;
}

function stateOf(record: OperationRecord): RestackState {
  return record.state as RestackState;
}

function ticketOf({ branches }: RestackPlan): string | undefined {
  return branches.at(-1)?.ticket;
}
