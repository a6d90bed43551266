import { UserError } from '../error.ts';
import { pathExists, writeFileAtomic } from '../git/files.ts';
import { DEFAULT_HOOKS, installHooks, ownProgram } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { join } from 'node:path';
import type { Command, Outcome } from './command.ts';
import { trunkOf, workspaceText } from './workspace-text.ts';

export const command: Command = {
  summary: 'govern this repository: WORKSPACE.md and live hooks, little else',
  usage: ['init [--yes] [--dry-run]'],
  options: {
    yes: { type: 'boolean', short: 'y', help: 'ask nothing' },
    'dry-run': { type: 'boolean', help: 'only say what would be done' },
  },
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    if (repository.isBare) throw new UserError('Unexpected bare repository, expected a work tree', `${invocation.program} hooks --server`, 'bare');
    return initialise(repository, invocation.values['dry-run'] === true);
  },
};

function initialise(repository: Repository, isDry: boolean): Outcome {
  const path = join(repository.workRoot, WORKSPACE_PATH);
  const lines: string[] = [];
  const isNew = !pathExists(path);
  if (isNew && !isDry) writeFileAtomic(path, workspaceText(trunkOf(repository)));
  lines.push(isNew ? `wrote ${WORKSPACE_PATH}` : `${WORKSPACE_PATH} already there`);
  if (!isDry) {
    const { changed, record } = installHooks(repository, ownProgram(), DEFAULT_HOOKS);
    lines.push(`hooks ${changed ? 'live' : 'already live'} in every worktree: ${record.names.join(', ')}`);
  }
  return { exit: 0, json: { wrote: isNew ? [WORKSPACE_PATH] : [] }, text: lines.join('\n') };
}
