import type { Oid } from '../tree/tree.ts';
import { linesOf } from './run.ts';
import type { Repository } from './repository.ts';

/** A commit, or the paths whose two sides cannot be joined. */
export type Joined = { readonly commit: Oid; readonly conflicts?: undefined } | { readonly commit?: undefined; readonly conflicts: readonly string[] };

interface Sides {
  readonly base: Oid;
  readonly head: Oid;
}

/** A commit with two parents. No work tree is touched. */
export function mergeCommits(repository: Repository, { base, head }: Sides, message: string): Joined {
  const joined = mergeTrees(repository, base, head);
  return joined.conflicts ? joined : { commit: commitTree(repository, joined.tree, [base, head], message) };
}

/** All that the head brings as one commit upon the base, by the author of the head's last commit. */
export function squashCommits(repository: Repository, { base, head }: Sides, message: string): Joined {
  const joined = mergeTrees(repository, base, head);
  if (joined.conflicts) return joined;
  const [name = '', email = '', date = ''] = repository.git(['show', '-s', '--no-show-signature', '--format=%an%x00%ae%x00%aI', head]).toString().trim().split('\0');
  return { commit: commitTree(repository, joined.tree, [base], message, { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date }) };
}

/** Every commit that the base lacks anew upon it, merges left out, each with its author, date and message; what the base has already is left out. */
export function rebaseCommits(repository: Repository, { base, head }: Sides): Joined {
  let onto = base;
  for (const commit of linesOf(repository.git(['rev-list', '--reverse', '--topo-order', '--no-merges', head, `^${base}`]))) {
    const parent = linesOf(repository.git(['rev-list', '--max-count=1', '--parents', commit]))[0]?.split(' ')[1];
    // merge-tree of this git takes no merge base: the upstream's tree as a child of the commit's parent has that parent as its base.
    const upstream = parent === undefined ? onto : commitTree(repository, `${onto}^{tree}`, [parent], 'upstream');
    const joined = mergeTrees(repository, upstream, commit);
    if (joined.conflicts) return joined;
    if (joined.tree === treeOf(repository, onto)) continue;
    onto = rewritten(repository, commit, joined.tree, onto);
  }
  return { commit: onto };
}

function mergeTrees(repository: Repository, ours: Oid, theirs: Oid): { readonly tree: Oid; readonly conflicts?: undefined } | { readonly conflicts: readonly string[] } {
  const { status, stdout, stderr } = repository.tryGit(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', '--allow-unrelated-histories', ours, theirs]);
  const [tree = '', ...paths] = stdout.toString().split('\0');
  if (status === 0) return { tree };
  return { conflicts: status === 1 ? [...new Set(paths.filter((path) => path !== ''))] : [stderr.trim()] };
}

function treeOf(repository: Repository, commit: Oid): Oid {
  return repository.git(['rev-parse', '--verify', `${commit}^{tree}`]).toString().trim();
}

function commitTree(repository: Repository, tree: string, parents: readonly Oid[], message: string, env: Readonly<Record<string, string>> = {}): Oid {
  return repository.git(['commit-tree', '--no-gpg-sign', ...parents.flatMap((parent) => ['-p', parent]), tree], { input: `${message.trim()}\n`, env }).toString().trim();
}

/** The commit object with another tree and parent and its committer of now; author, encoding and message stay by the byte, a signature, which would be wrong, does not. */
function rewritten(repository: Repository, commit: Oid, tree: Oid, parent: Oid): Oid {
  const raw = repository.git(['cat-file', 'commit', commit]);
  const end = raw.indexOf('\n\n');
  const headers = raw.toString('latin1', 0, end).split(/\n(?! )/);
  const committer = repository.git(['var', 'GIT_COMMITTER_IDENT']).toString('latin1').trim();
  const kept = headers.filter((line) => /^(?:author|encoding) /.test(line));
  const author = kept.filter((line) => line.startsWith('author '));
  const others = kept.filter((line) => !line.startsWith('author '));
  const text = [`tree ${tree}`, `parent ${parent}`, ...author, `committer ${committer}`, ...others].join('\n');
  return repository.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: Buffer.concat([Buffer.from(text, 'latin1'), raw.subarray(end)]) }).toString().trim();
}
