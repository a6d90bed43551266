import { resolve } from 'node:path';
import { UserError } from '../error.ts';
import type { NewWorktree } from '../git/add-worktree.ts';
import { leaveHookRepository } from '../git/environment.ts';
import { branchesBelow } from '../git/history.ts';
import { withLock } from '../git/lock.ts';
import { openModules, type ModuleWorktree } from '../git/modules.ts';
import { writeOutput } from '../git/output.ts';
import { remotesOf } from '../git/followed.ts';
import type { Repository } from '../git/repository.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import { shellCommand } from '../render/shell.ts';
import { ticketKey } from '../workflow/branch-plan.ts';
import { importSource, type ImportSource } from '../workflow/import-source.ts';
import { ticketOfBranch, validTicket } from '../workflow/infer-ticket.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { importAnswer, type Imported } from './import-answer.ts';
import { fetchInModules, findBranch, recordRemote, type FoundBranch } from './import-find.ts';
import { lineOf, secondsOf } from './inputs.ts';
import { makeWorktree, mendInterrupted } from './make-worktree.ts';
import { addModules } from './module-worktrees.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { openWorkspace, ticketClues, workspaceAt, type Workspace } from './workspace.ts';
import { worktreePlace } from './worktree-place.ts';

const PATIENCE = 30;
/** Stands for the ticket in a worktree's place where the branch has none. */
const NO_TICKET = 'import';

export const command: Command = {
  summary: "a teammate's branch, or one of another repository, in a worktree that follows it",
  usage: ['import BRANCH|REMOTE/BRANCH|URL#BRANCH [--as NAME] [--ticket ID] [--print-path] [--yes]'],
  options: {
    as: { type: 'string', help: 'the name of the branch here, where that of the remote is taken' },
    ticket: { type: 'string', help: 'the ticket, where the name of the branch does not say it' },
    timeout: { type: 'string', help: `give the remote up after so many seconds without a sign of life [${PATIENCE}]` },
    'print-path': { type: 'boolean', help: 'print the path and nothing else' },
    yes: { type: 'boolean', short: 'y', help: 'approve the commands of after_create, for this clone' },
  },
  async run(invocation) {
    leaveHookRepository();
    const workspace = openWorkspace(invocation);
    const { program, values } = invocation;
    const found = await findBranch(workspace.repository, sourceOf(workspace, invocation), { patience: secondsOf(values, 'timeout') ?? PATIENCE, program });
    await fetchInModules(openModules(workspace.repository, workspace.settings.modules), found.branch, secondsOf(values, 'timeout') ?? PATIENCE);
    const wish = { found, name: lineOf(values, 'as') ?? found.branch, ticket: ticketOf(workspace, invocation, found), program };
    const worked = await withLock(workspace.repository.statePath('worktrees.lock'), () => perform(workspace, wish));
    const there = workspaceAt(worked.path, program);
    const prepared = there ? await prepareWorktree(there, invocation) : { steps: [], isReady: true };
    return shown(invocation, await importAnswer(there, invocation, worked, found, prepared));
  },
};

function sourceOf({ repository }: Workspace, { positionals, program, cwd }: Invocation): ImportSource {
  const [given, extra] = positionals;
  if (given === undefined || extra !== undefined) throw new UserError(`Unexpected ${extra === undefined ? 'absence of a branch' : JSON.stringify(extra)}, expected one branch`, `${program} import BRANCH, REMOTE/BRANCH or URL#BRANCH`, 'usage');
  const source = importSource(given, remotesOf(repository).map(({ name }) => name), program);
  // git reads a relative path from wherever it is started.
  return source.kind === 'url' && /^\.{1,2}\//.test(source.url) ? { ...source, url: resolve(cwd, source.url) } : source;
}

/** undefined where nothing names one. */
function ticketOf(workspace: Workspace, { values }: Invocation, { branch }: FoundBranch): string | undefined {
  if (typeof values.ticket === 'string') return validTicket(values.ticket, workspace.settings);
  const id = ticketOfBranch(branch, ticketClues(workspace, { values: {} }).known);
  return id !== undefined && workspace.settings.ticketPattern.test(id) ? id : undefined;
}

interface ImportWish {
  readonly found: FoundBranch;
  /** Short name of the branch here. */
  readonly name: string;
  readonly ticket: string | undefined;
  readonly program: string;
}

/** Makes the branch and its worktree, or nothing; goes on in them where they are there. */
async function perform(workspace: Workspace, wish: ImportWish): Promise<Imported> {
  const { repository, settings } = workspace;
  const { found, name, ticket, program } = wish;
  mendInterrupted(repository);
  const forget = recordRemote(repository, found);
  try {
    const worktrees = listWorktrees(repository);
    const isThere = isOurs(workspace, wish);
    const holder = worktrees.find(({ branch, isMissing }) => branch === name && !isMissing);
    if (holder) return resumed(wish, holder);
    if (!isThere && name === trunkBranch(repository, settings.trunk)) throw new UserError(`Unexpected import of the trunk ${name}, expected a branch of a ticket`, `${program} sync brings it up to date; --as NAME makes another branch of it`, 'trunk');
    const path = worktreePlace(workspace, worktrees, ticket ?? NO_TICKET, name);
    let modules: readonly ModuleWorktree[] = [];
    const also = () => {
      if (ticket !== undefined) ({ modules } = addModules({ root: path, branch: name }, ticket, program));
    };
    const resume = ['import', `${found.remote}/${found.branch}`, ...(name === found.branch ? [] : ['--as', name])];
    makeWorktree(workspace, newWorktree(repository, wish, path, isThere), { verb: 'import', ticket: ticket ?? '', resume, also });
    return { ticket, path, branch: name, state: 'checked-out', modules };
  } catch (error) {
    forget();
    throw error;
  }
}

function newWorktree(repository: Repository, { found, name, ticket }: ImportWish, path: string, isThere: boolean): NewWorktree {
  if (isThere) return { path, branch: name, base: repository.commit(`refs/heads/${name}`) as string, isThere };
  const says = ticket === undefined || ticketOfBranch(name, [ticket])?.toLowerCase() === ticket.toLowerCase();
  return { path, branch: name, base: found.commit, upstream: { remote: found.remote, name: found.branch }, ...(!says && { settings: { [ticketKey(name)]: ticket } }) };
}

function resumed({ name, ticket, program }: ImportWish, { path }: Worktree): Imported {
  const { modules } = ticket === undefined ? { modules: [] } : addModules({ root: path, branch: name }, ticket, program);
  return { ticket, path, branch: name, state: 'resumed', modules };
}

/** Whether the branch is here already and follows just this one. Throws a UserError where its name is another's. */
function isOurs({ repository }: Workspace, { found: { remote, branch, commit, url }, name, program }: ImportWish): boolean {
  const heads = branchesBelow(repository, 'refs/heads/');
  const own = heads.get(name);
  const again = `${program} import ${url === undefined ? `${remote}/${branch}` : 'URL#BRANCH'} --as NAME`;
  if (own !== undefined) {
    const follows = [repository.config(`branch.${name}.remote`), repository.config(`branch.${name}.merge`)];
    if (follows[0] === remote && follows[1] === `refs/heads/${branch}`) return true;
    if (own === commit && follows[0] === undefined) throw new UserError(`Unexpected branch ${JSON.stringify(name)} here, expected it to follow ${remote}/${branch}, where it stands`, shellCommand(['git', 'branch', `--set-upstream-to=${remote}/${branch}`, name]), 'branch-taken');
    const what = follows[0] === undefined ? 'another one' : `one that follows ${follows[0]}/${follows[1]?.replace('refs/heads/', '')}`;
    throw new UserError(`Unexpected branch ${JSON.stringify(name)} here, ${what}, expected none of this name`, again, 'branch-taken');
  }
  const twin = [...heads.keys()].find((other) => other.toLowerCase() === name.toLowerCase() || other.startsWith(`${name}/`) || name.startsWith(`${other}/`));
  if (twin !== undefined) throw new UserError(`Unexpected branch ${JSON.stringify(twin)} here, expected none that stands in the way of ${JSON.stringify(name)}`, again, 'branch-taken');
  return false;
}

/** With --print-path all that is said goes to standard error. */
function shown({ values, json }: Pick<Invocation, 'values' | 'json'>, outcome: Outcome): Outcome {
  if (values['print-path'] !== true || json) return outcome;
  const text = typeof outcome.text === 'string' ? outcome.text : outcome.text();
  writeOutput(2, `${text}\n`);
  return { ...outcome, text: String(outcome.json.path) };
}
