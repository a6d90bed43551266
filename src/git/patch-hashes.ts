import { crypto } from '../tree/crypto.ts';
import type { Oid } from '../tree/tree.ts';
import type { Repository } from './repository.ts';

/**
 * What commits change against their first parent, each as a digest that does not depend on where in
 * its files it stands: the same change elsewhere in history has the same one. White space counts, and
 * of a binary file both contents (`git patch-id` would ignore them); undefined where nothing changes.
 */
export function patchHashes(repository: Repository, commits: readonly Oid[]): Map<Oid, string | undefined> {
  const hashes = new Map<Oid, string | undefined>();
  if (commits.length === 0) return hashes;
  const args = ['diff-tree', '--stdin', '--always', '-r', '-p', '-U3', '--root', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--diff-algorithm=default', '--diff-merges=first-parent'];
  const output = repository.git(args, { input: commits.map((oid) => `${oid}\n`).join('') }).toString('latin1').replace(/\n$/, '');
  const known = new Set(commits);
  let [oid, lines]: [Oid, string[]] = ['', []];
  const end = () => {
    if (oid !== '') hashes.set(oid, lines.length === 0 ? undefined : hashOf(lines));
  };
  for (const line of output.split('\n')) {
    if (/^[0-9a-f]{40,64}$/.test(line) && known.has(line)) {
      end();
      [oid, lines] = [line, []];
    } else lines.push(line);
  }
  end();
  return hashes;
}

/** Lines of a patch without positions and, of texts, without ids of blobs. */
function hashOf(lines: readonly string[]): string {
  const hash = crypto().createHash('sha256');
  for (const [at, line] of lines.entries()) {
    const isText = line.startsWith('index ') && !(lines[at + 1] ?? '').startsWith('Binary files ');
    hash.update(isText ? line.replace(/^index \S+/, 'index') : line.startsWith('@@ ') ? '@@' : line).update('\n');
  }
  return hash.digest('hex');
}
