import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../error.ts';
import type { Edit } from '../tree/edit.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

/**
 * A commit upon another one with some files written, in no branch yet and without any work tree. Files
 * that are there keep their mode. Throws a UserError (`identity`) where git does not know who commits.
 */
export function commitEdits(repository: Repository, base: Oid, edits: readonly Edit[], message: string): Oid {
  const folder = mkdtempSync(join(tmpdir(), 'treework-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    repository.git(['read-tree', base], { env });
    const lines = edits.map(({ path, content }) => {
      if (content === undefined) return `0 ${'0'.repeat(base.length)}\t${path}\0`;
      const oid = repository.git(['hash-object', '-w', '--stdin', '--no-filters'], { input: content }).toString().trim();
      const mode = repository.git(['ls-tree', base, '--', path]).toString().split(' ')[0] || '100644';
      return `${mode} ${oid}\t${path}\0`;
    });
    repository.git(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    const tree = repository.git(['write-tree'], { env }).toString().trim();
    const { status, stdout, stderr } = repository.tryGit(['commit-tree', '-p', base, tree], { input: `${message}\n`, asUser: true });
    if (status === 0) return stdout.toString().trim();
    throw new UserError(`Unexpected refusal of a commit: ${stderr.trim().split('\n').at(-1) ?? ''}`, 'git config user.name NAME && git config user.email EMAIL, if that is what git lacks', 'identity');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
