import { join, posix } from 'node:path';
import { ownSchema } from '../documents/own-schema.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { shellCommand } from '../render/shell.ts';
import { typesSource, type TypedKind } from '../render/types-source.ts';
import { write } from './answer.ts';
import type { Command, Invocation } from './command.ts';
import { lineOf, WRITE_OPTIONS } from './inputs.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const FILE = 'kinds.ts';

export const command: Command = {
  summary: 'TypeScript types of the frontmatter of this repository’s own kinds',
  usage: ['codegen [--out DIR] [--check]'],
  options: {
    out: { type: 'string', help: 'the folder for kinds.ts, from the current one; .treework/types of the repository when absent' },
    check: { type: 'boolean', help: 'write nothing; exit 1 when the file is not what it would be' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const kinds = kindsOf(workspace);
    if (kinds.length === 0) throw new UserError('Unexpected absence of kinds of your own, expected one under kinds of WORKSPACE.md', `${invocation.program} new kind adr --from 'docs/adr/*.md'`, 'no-kind');
    const path = `${folderOf(workspace, invocation)}/${FILE}`;
    const content = typesSource(kinds, 'treework');
    const old = readBytes(join(workspace.repository.workRoot, path));
    const isFresh = old?.toString().replaceAll('\r\n', '\n') === content;
    if (isFresh) return { exit: 0, json: { path, created: [], changed: [] }, text: `${path} is up to date` };
    if (invocation.values.check === true) {
      const argv = [...invocation.program.split(' '), 'codegen', ...(typeof invocation.values.out === 'string' ? ['--out', invocation.values.out] : [])];
      const command = shellCommand(argv);
      return { exit: 1, json: { path, stale: true, next_action: { command, argv, cwd: invocation.cwd, description: 'write the types anew' } }, text: `Unexpected ${old ? 'text in' : 'absence of'} ${path}, expected what the schemas say: ${command}` };
    }
    return write(workspace, invocation, {
      edits: [{ path, content, expect: old ?? 'absent' }],
      message: 'chore: types of the kinds of document',
      description: `commit it; codegen --check in CI tells when it is stale`,
      done: `types of ${kinds.map(({ name }) => name).join(', ')}`,
    });
  },
};

/** The repository's own kinds; those that treework ships have their types in the package. */
function kindsOf({ repository, settings }: Workspace): TypedKind[] {
  return settings.kinds.flatMap(({ name, path, schema }) => {
    if (schema === undefined) return [];
    const bytes = readBytes(join(repository.workRoot, schema));
    const read = bytes && ownSchema(bytes);
    if (read?.problem) throw new UserError(`${read.problem.message} (${schema}:${read.problem.line})`, read.problem.remedy, 'schema-invalid');
    return { name, path, schema: read?.schema };
  });
}

function folderOf({ repository }: Workspace, { values, program }: Invocation): string {
  const out = lineOf(values, 'out');
  if (out === undefined) return '.treework/types';
  const folder = posix.normalize(posix.join(repository.prefix, out.replaceAll('\\', '/'))).replace(/\/+$/, '');
  if (!out.startsWith('/') && folder !== '..' && !folder.startsWith('../')) return folder;
  throw new UserError(`Unexpected --out ${out}, expected a folder inside the repository`, `${program} codegen --out src/types`, 'path-outside');
}
