import { areApproved } from '../git/approved-commands.ts';
import { preparationOf } from '../git/preparation.ts';
import { hasProgram } from '../git/project-files.ts';
import { sharedRemote } from '../git/remote.ts';
import { worktreesOf } from '../git/worktrees.ts';
import { shellCommand } from '../render/shell.ts';
import { approvedWords, wordsFor } from '../workflow/edit-check.ts';
import type { Workspace } from './workspace.ts';

/** What verbs that move branches need and is not there; none of it keeps commits from being judged. */
interface WorkDiagnosis {
  readonly name: string;
  readonly ok: boolean;
  readonly warning?: true;
  readonly message: string;
  /** The command that mends it. */
  readonly mend?: string;
}

/** The command lines of forges: by the provider that uses them, their program, their packages and where they are told of. */
const FORGES: Readonly<Record<string, { readonly program: string; readonly packages: Readonly<Record<string, string>>; readonly page: string; readonly login: string }>> = {
  github: { program: 'gh', packages: { brew: 'gh', winget: 'GitHub.cli', 'apt-get': 'gh', dnf: 'gh' }, page: 'https://cli.github.com', login: 'gh auth login' },
  gitlab: { program: 'glab', packages: { brew: 'glab', winget: 'GLab.GLab', 'apt-get': 'glab', dnf: 'glab' }, page: 'https://gitlab.com/gitlab-org/cli', login: 'glab auth login' },
  'azure-devops': { program: 'az', packages: { brew: 'azure-cli', winget: 'Microsoft.AzureCLI', dnf: 'azure-cli' }, page: 'https://learn.microsoft.com/cli/azure/install-azure-cli', login: 'az login' },
};

/** Prerequisites of `work` and of the verbs after it: a git that merges without a work tree, the forge's command line where it is used, worktrees that are ready. */
export function workDiagnoses(workspace: Workspace, gitVersion: string, program: string): WorkDiagnosis[] {
  return [...oldGit(gitVersion), ...forgeTools(workspace), ...unready(workspace, program), ...editChecks(workspace, program)];
}

/** `git merge-tree --stdin` came with 2.39. */
function oldGit(version: string): WorkDiagnosis[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 39)) return [];
  return [{ name: 'git', ok: false, warning: true, message: `Unexpected git ${version}, expected 2.39 or newer for split, restack, submit and prune`, mend: installCommand({ brew: 'git', winget: 'Git.Git', 'apt-get': 'git', dnf: 'git' }) ?? 'install a newer git: https://git-scm.com/downloads' }];
}

function forgeTools({ repository, settings }: Workspace): WorkDiagnosis[] {
  const uses = new Map<string, string[]>();
  for (const [category, provider] of settings.providers) if (Object.hasOwn(FORGES, provider)) uses.set(provider, [...(uses.get(provider) ?? []), category]);
  // Without a provider submit prints lines for it.
  if (!settings.providers.has('git-hosting') && /(?:@|:\/\/)(?:[^/@]*@)?github\.com[:/]/.test(sharedRemote(repository)?.url ?? '')) uses.set('github', [...(uses.get('github') ?? []), 'submit']);
  return [...uses].map(([provider, categories]) => {
    const { program, packages, page, login } = FORGES[provider] as (typeof FORGES)[string];
    const what = categories.join(', ');
    // What speaks to the API itself needs no more than a token.
    if (provider === 'github' && !categories.includes('submit') && (process.env.GH_TOKEN || process.env.GITHUB_TOKEN)) return { name: program, ok: true, message: `a token of the environment is there for ${what}` };
    if (hasProgram(program, repository.workRoot)) return { name: program, ok: true, message: `${program} is there for ${what}` };
    const install = installCommand(packages);
    return { name: program, ok: false, warning: true, message: `Unexpected absence of ${program}, expected it for ${what}`, mend: install === undefined ? `install ${program} (${page}), then ${login}` : `${install} && ${login}` };
  });
}

/** Of the first package manager that is here and has it. */
function installCommand(packages: Readonly<Record<string, string>>): string | undefined {
  const lines: Readonly<Record<string, string>> = { brew: 'brew install', winget: 'winget install --id', 'apt-get': 'sudo apt-get install', dnf: 'sudo dnf install' };
  const manager = Object.keys(packages).find((name) => hasProgram(name, ''));
  return manager === undefined ? undefined : `${lines[manager]} ${packages[manager]}`;
}

/** Worktrees in which steps of after_create are left. */
function unready({ repository }: Workspace, program: string): WorkDiagnosis[] {
  return worktreesOf(repository).flatMap((path) => {
    const left = preparationOf(path);
    if (!left) return [];
    return [{ name: 'worktree', ok: false, warning: true as const, message: `Unexpected worktree ${path} that is not ready, expected every step of after_create to be done`, mend: `${shellCommand(['cd', path])} && ${shellCommand([...program.split(' '), 'work', left.ticket])}` }];
  });
}

/** Checks after an edit that nobody has approved here, or that only a shell could read. */
function editChecks({ repository, settings }: Workspace, program: string): WorkDiagnosis[] {
  const checks = settings.gates.afterEdit;
  const told = { name: 'after-edit', ok: false, warning: true } as const;
  const unread = checks.flatMap(({ commands }) => commands).filter((command) => !wordsFor(command, 'FILE'));
  const wrong = unread.map((command) => ({ ...told, message: `Unexpected signs that only a shell reads in ${command} (gates.after_edit), expected a program and its words`, mend: 'put the line into a script, and name that in WORKSPACE.md' }));
  if (checks.length === 0 || areApproved(repository, approvedWords(checks))) return wrong;
  return [...wrong, { ...told, message: 'Unexpected checks after an edit that nobody has approved in this clone, expected a person to have said that they may run', mend: `${program} gate after-edit` }];
}
