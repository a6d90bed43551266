import { UserError } from '../error.ts';
import { branchesBelow } from '../git/history.ts';
import { openModules } from '../git/modules.ts';
import type { Repository } from '../git/repository.ts';
import { parentKey } from '../workflow/branch-plan.ts';
import type { RestackedBranch } from '../workflow/restack-plan.ts';
import type { Invocation, Outcome } from './command.ts';
import type { Workspace } from './workspace.ts';

/** A module as a restack takes it: its repository, by the workspace's settings. Throws a UserError where there is none of that name. */
export function inModule({ repository, settings }: Workspace, name: string, { program }: Pick<Invocation, 'program'>): Workspace {
  const module = openModules(repository, settings.modules).find((one) => one.name === name);
  if (module?.repository) return { repository: module.repository, settings };
  const known = [...settings.modules.keys()].join(', ') || 'none';
  throw new UserError(`Unexpected module ${name}, expected one of WORKSPACE.md that is cloned: ${known}`, module ? `git clone URL ${module.folder}` : `${program} restack`, 'module-missing');
}

/** The same in every module that has branches of the stack, each by itself: one that stops or refuses is named, with the command that goes on there. */
export async function withModules(workspace: Workspace, invocation: Invocation, own: Outcome, restack: (there: Workspace, asked: Invocation) => Promise<Outcome>): Promise<Outcome> {
  const { settings } = workspace;
  const branches = (own.json.branches ?? []) as readonly RestackedBranch[];
  if (settings.modules.size === 0 || branches.length === 0) return own;
  const told: { readonly module: string; readonly outcome: Outcome }[] = [];
  for (const { name, repository } of openModules(workspace.repository, settings.modules)) {
    const heads = repository && branchesBelow(repository, 'refs/heads/');
    const top = branches.findLast((branch) => heads?.has(branch.name));
    if (!repository || !heads || !top) continue;
    const isDry = invocation.values['dry-run'] === true;
    if (!isDry) recordParents(repository, branches.filter((branch) => heads.has(branch.name) && heads.has(branch.onto)));
    // A module has no documents that could be judged.
    const { continue: _, ticket: _ticket, ...values } = invocation.values;
    const asked = { ...invocation, positionals: [top.name], values: { ...values, module: name, 'no-verify': true } };
    told.push({ module: name, outcome: await tried(() => restack({ repository, settings }, asked)) });
  }
  return told.length === 0 ? own : together(own, told);
}

/** What stands on what where no name says it: the documents of a ticket are in the workspace's repository. */
function recordParents(repository: Repository, branches: readonly RestackedBranch[]): void {
  for (const { name, onto } of branches) if (repository.config(parentKey(name)) === undefined) repository.git(['config', parentKey(name), onto]);
}

/** The workspace's own branches have moved: what cannot be done in a module is told beside that. */
async function tried(act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint, code } = error;
    return { exit: 1, json: { error: { code, message, hint } }, text: `${message}\n  ${hint}` };
  }
}

function together(own: Outcome, told: readonly { readonly module: string; readonly outcome: Outcome }[]): Outcome {
  const stopped = told.find(({ outcome }) => outcome.exit !== 0)?.outcome;
  const next = stopped?.json.next_action;
  const text = ({ text: said }: Outcome) => (typeof said === 'string' ? said : said());
  const modules = told.map(({ module, outcome }) => {
    const { next_action: _, ...json } = outcome.json;
    return { module, ok: outcome.exit === 0, ...json };
  });
  return {
    exit: stopped ? 1 : own.exit,
    json: { ...own.json, modules, ...(next !== undefined && { next_action: next }) },
    text: () => [text(own), ...told.flatMap(({ module, outcome }) => [`module ${module}:`, ...text(outcome).split('\n').filter((line) => outcome.exit !== 0 || !/^(?:next|  treework)/.test(line)).map((line) => `  ${line}`)])].join('\n'),
  };
}
