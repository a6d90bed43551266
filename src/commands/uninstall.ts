import { join } from 'node:path';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { applyEdits } from '../git/apply.ts';
import { readText } from '../git/files.ts';
import { hooksRecord, removeHooks } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import type { Edit } from '../tree/edit.ts';
import { WORKFLOW_PATH, workflowText } from './ci-workflow.ts';
import type { Command } from './command.ts';
import { attributesRemoval } from './git-attributes.ts';
import { unplaced } from './init-agents.ts';
import { packageWithoutOurs, surroundingsOf } from './surroundings.ts';
import { trunkOf, workspaceText } from './workspace-text.ts';

export const command: Command = {
  summary: 'take the hooks out and put everything back as it was; documents that people wrote stay',
  usage: ['uninstall'],
  options: {},
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    const { edits, notes } = repository.isBare ? { edits: [], notes: [] } : undoing(repository);
    const placed = repository.isBare ? { edits: [], notes: [] } : unplaced(repository);
    edits.push(...placed.edits);
    notes.push(...placed.notes);
    applyEdits(repository, edits);
    const previous = hooksRecord(repository)?.previous ?? null;
    const removed = removeHooks(repository);
    const lines = [
      removed ? `hooks removed; core.hooksPath is ${previous === null ? 'unset' : previous} again` : 'no hooks of treework here',
      ...edits.map((edit) => (edit.content === undefined ? `removed ${edit.path}` : `mended ${edit.path}`)),
      ...notes,
    ];
    return { exit: 0, json: { removed, core_hooks_path: previous, paths: edits.map((edit) => edit.path), notes }, text: lines.join('\n') };
  },
};

function undoing(repository: Repository): { edits: Edit[]; notes: string[] } {
  const edits: Edit[] = [];
  const notes: string[] = [];
  const trunk = trunkOf(repository);
  for (const [path, ours] of [[WORKSPACE_PATH, workspaceText(trunk)], [WORKFLOW_PATH, workflowText(trunk)]] as const) {
    const text = readText(join(repository.workRoot, path));
    if (text === undefined) continue;
    const isCommitted = repository.tryGit(['cat-file', '-e', `HEAD:${path}`]).status === 0;
    if (text === ours && !isCommitted) edits.push({ path, content: undefined, expect: Buffer.from(ours) });
    else notes.push(`${path} stays, since it was ${isCommitted ? 'committed' : 'edited'}: git rm ${path} takes it out`);
  }
  edits.push(...[attributesRemoval(repository)].filter((edit) => edit !== undefined));
  const surroundings = surroundingsOf(repository);
  const text = packageWithoutOurs(surroundings);
  if (text !== undefined) edits.push({ path: 'package.json', content: text, expect: Buffer.from(surroundings.package?.text ?? '') });
  return { edits, notes };
}
