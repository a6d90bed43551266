import { join, posix } from 'node:path';
import { UserError } from '../error.ts';
import { namesIn, pathExists } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { directoryEdits } from '../render/directory.ts';
import { directoryStandards } from '../workflow/directories.ts';
import { write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Makes what WORKSPACE.md demands of a directory and is not there yet. */
export function newDirectory(invocation: Invocation): Outcome {
  const workspace = openWorkspace(invocation);
  const directory = directoryOf(workspace, invocation);
  const standards = directoryStandards(workspace.settings);
  const holds = standards.filter(({ matches }) => matches(directory)).flatMap((one) => one.holds);
  if (holds.length === 0) {
    const patterns = standards.map(({ pattern }) => pattern).join(', ') || '(none)';
    throw new UserError(`Unexpected directory ${directory}, expected one that a pattern under directories in WORKSPACE.md matches: ${patterns}`, `write what it must hold, for example directories: {"${posix.dirname(directory) === '.' ? '' : `${posix.dirname(directory)}/`}*": [README.md]}`, 'directory-unknown');
  }
  const missing = [...new Set(holds)].filter((name) => isMissing(join(workspace.repository.workRoot, directory, name), name));
  if (missing.length === 0) return { exit: 0, json: { directory, created: [], changed: [] }, text: `${directory} holds everything it must` };
  return write(workspace, invocation, {
    edits: directoryEdits(directory, missing, packageFile('generators/directory/template.md')),
    message: `docs: begin ${directory}`,
    description: 'fill in the marked places, then commit',
    done: `what ${directory} was missing`,
    json: { directory },
  });
}

function directoryOf({ repository }: Workspace, { positionals, program }: Invocation): string {
  const [, given, extra] = positionals;
  if (given === undefined || extra !== undefined) throw new UserError(`Unexpected ${extra === undefined ? 'absence of a path' : JSON.stringify(extra)}, expected one directory`, `${program} new directory PATH`, 'usage');
  const directory = posix.normalize(posix.join(repository.prefix, given.replaceAll('\\', '/'))).replace(/\/+$/, '');
  if (directory !== '.' && directory !== '' && !directory.startsWith('../') && directory !== '..' && !given.startsWith('/')) return directory;
  throw new UserError(`Unexpected directory ${given}, expected one inside the repository, named from the current folder`, `${program} new directory src/auth`, 'path-outside');
}

/** Git keeps no empty directory: one that stands here would be missing in every clone. */
function isMissing(path: string, name: string): boolean {
  return name.endsWith('/') ? namesIn(path).length === 0 : !pathExists(path);
}
