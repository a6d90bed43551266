import { UserError } from '../error.ts';
import { DEFAULT_HOOKS, installHooks, OPTIONAL_HOOKS, ownProgram, SERVER_HOOKS, type Installation } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import type { Command, Invocation, Outcome } from './command.ts';

export const command: Command = {
  summary: 'make the git hooks live in every worktree, or mend them',
  usage: ['hooks', 'hooks --add pre-merge-commit', 'hooks --server'],
  options: {
    add: { type: 'string', multiple: true, help: `one more hook: ${OPTIONAL_HOOKS.join(', ')}` },
    server: { type: 'boolean', help: 'in a bare repository: judge what is pushed before it is accepted' },
  },
  async run(invocation) {
    const repository = openUnlessScript(invocation);
    if (repository === undefined) return { exit: 0, json: { changed: false }, text: 'no git repository here: no hooks to set up' };
    return outcome(installHooks(repository, ownProgram(), namesFor(repository, invocation)), repository.isBare);
  },
};

/** In a package's `prepare` script a tree without git (a tarball, a container build) is nothing to complain about. */
function openUnlessScript(invocation: Invocation): Repository | undefined {
  try {
    return Repository.open(invocation.cwd);
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-repository' && process.env.npm_lifecycle_event === 'prepare') return undefined;
    throw error;
  }
}

function namesFor(repository: Repository, invocation: Invocation): string[] {
  if (invocation.values.server) {
    if (!repository.isBare) throw new UserError('Unexpected work tree, expected a bare repository for --server', `${invocation.program} hooks`, 'not-bare');
    return [...SERVER_HOOKS];
  }
  if (repository.isBare) throw new UserError('Unexpected bare repository, expected a work tree', `${invocation.program} hooks --server`, 'bare');
  const added = (invocation.values.add as string[] | undefined) ?? [];
  const unknown = added.find((name) => !OPTIONAL_HOOKS.includes(name) && !DEFAULT_HOOKS.includes(name));
  if (unknown !== undefined) throw new UserError(`Unexpected hook ${unknown}, expected one of ${OPTIONAL_HOOKS.join(', ')}`, `${invocation.program} hooks --add ${OPTIONAL_HOOKS[0]}`, 'unknown-hook');
  return [...DEFAULT_HOOKS, ...added];
}

function outcome({ record, changed, folder, chained }: Installation, isBare: boolean): Outcome {
  const lines = [`${changed ? 'live' : 'already live'} ${isBare ? 'for every push' : 'in every worktree'}: ${record.names.join(', ')}`];
  if (chained !== undefined) lines.push(`chained, run first: the hooks of ${chained}`);
  return { exit: 0, json: { changed, hooks: record.names, passed: record.passed, folder, chained }, text: lines.join('\n') };
}
