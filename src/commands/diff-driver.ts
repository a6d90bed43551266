import { isAbsolute, join } from 'node:path';
import type { ParsedDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { plainDiff } from '../git/plain-diff.ts';
import { Repository } from '../git/repository.ts';
import { describeChange } from '../workflow/describe-change.ts';
import type { Command, Invocation } from './command.ts';

export const command: Command = {
  summary: 'what git calls to show how a governed document changed: what it means, then the lines',
  usage: ['diff-driver PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE'],
  options: {},
  async run(invocation) {
    const { positionals, cwd, program, json } = invocation;
    // A path that is not merged is all that git says of it.
    if (positionals.length === 1) return { exit: 0, json: { path: positionals[0], unmerged: true }, text: `* Unmerged path ${positionals[0]}` };
    const [path, oldFile, , oldMode, newFile, , newMode, newPath, renamed] = positionals;
    if (path === undefined || oldFile === undefined || oldMode === undefined || newFile === undefined || newMode === undefined) {
      throw new UserError('Unexpected arguments, expected PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE', `git calls it: ${program} hooks sets that up`, 'usage');
    }
    const repository = Repository.open(cwd);
    const [old, now] = [{ file: oldFile, mode: oldMode }, { file: newFile, mode: newMode }];
    const means = describeChange(versionIn(cwd, old), versionIn(cwd, now));
    const renaming = newPath === undefined ? undefined : { to: newPath, lines: (renamed ?? '').split('\n').filter((line) => line !== '') };
    const lines = plainDiff(repository, path, renaming, old, now, !json && wantsColor(repository, invocation));
    const told = means.length === 0 || lines === '' ? '' : `${(newPath ?? path).replaceAll(/\p{C}+/gu, ' ')}\n${means.map((line) => `  ${line}\n`).join('')}`;
    return { exit: 0, json: { path, changes: means, diff: lines }, text: told + lines };
  },
};

/** undefined where there is none. */
function versionIn(cwd: string, { file, mode }: { file: string; mode: string }): ParsedDocument | undefined {
  if (mode === '.') return undefined;
  return parseDocument(readBytes(isAbsolute(file) ? file : join(cwd, file)) ?? Buffer.alloc(0));
}

/** As git's own diff decides it, also where it speaks to its pager. */
function wantsColor(repository: Repository, { color }: Pick<Invocation, 'color'>): boolean {
  const isShown = color || process.env.GIT_PAGER_IN_USE === 'true' || process.env.GIT_PAGER_IN_USE === '1';
  return repository.tryGit(['config', '--get-colorbool', 'color.diff', String(isShown)]).stdout.toString().trim() === 'true';
}
