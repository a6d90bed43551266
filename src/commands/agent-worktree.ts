import { join } from 'node:path';
import { UserError } from '../error.ts';
import { addWorktree } from '../git/add-worktree.ts';
import { directoriesIn } from '../git/files.ts';
import { validTicket } from '../workflow/infer-ticket.ts';
import type { AgentAnswer, AgentInput } from './agent-event.ts';
import { openWorkspace, type Workspace } from './workspace.ts';
import { command as work } from './work.ts';

/** When the client makes a worktree: of a ticket by `work`, of anything else as the client itself does. It takes the last line for the path. */
export async function worktreeCreate(input: AgentInput, program: string): Promise<AgentAnswer> {
  const name = typeof input.raw.name === 'string' ? input.raw.name : '';
  const workspace = openWorkspace({ cwd: input.cwd, program });
  const path = isTicket(workspace, name) ? await ofTicket(input, name, program) : plain(workspace, name);
  return { exit: 0, stdout: `${path}\n`, stderr: '' };
}

function isTicket({ settings }: Workspace, name: string): boolean {
  try {
    validTicket(name, settings);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function ofTicket(input: AgentInput, ticket: string, program: string): Promise<string> {
  const { json } = await work.run({ values: {}, positionals: [ticket], cwd: input.cwd, json: true, program, color: false });
  return String(json.path);
}

/** `.claude/worktrees/NAME` on the branch `worktree-NAME`. */
function plain({ repository }: Workspace, name: string): string {
  if (!/^[\w][\w.-]*$/.test(name)) throw new UserError(`Unexpected name ${JSON.stringify(name)} of a worktree, expected letters, digits, dots and hyphens`, 'choose another name', 'input');
  const path = join(repository.workRoot, '.claude', 'worktrees', name);
  if (directoriesIn(join(path, '..')).includes(name)) return path;
  const base = repository.commit('HEAD');
  if (base === undefined) throw new UserError('Unexpected repository without a commit, expected one that a worktree can begin at', 'git commit', 'no-commit');
  addWorktree(repository, { path, branch: `worktree-${name}`, base });
  return path;
}
