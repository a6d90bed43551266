import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Oid } from '../tree/tree.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** Who may attest, in the format of ssh-keygen(1), "ALLOWED SIGNERS". */
const ALLOWED_SIGNERS = '.treework/allowed_signers';

/** Something that a file may say: an entry of a history. */
export interface Statement {
  /** Where the file stands, and where it stood before it moved. */
  readonly paths: readonly string[];
  /** What of the file's content is the statement; undefined where the content does not hold it. */
  readonly of: (content: Buffer | undefined) => string | undefined;
}

/** A commit that brought a statement, signed by a key of the allowed signers of its first parent's tree. */
export interface Signed {
  readonly commit: Oid;
  readonly principal: string;
}

/**
 * For each statement the signed commit in the history of `tip` that brought it: its tree says it as
 * `tip` does, and no parent's does. The key has to be one that the first parent's tree allows, so that no
 * commit brings its own; ssh signatures count alone, and a squash is a commit of whoever squashed.
 * undefined where nothing attests a statement. Never throws for a bad signature.
 */
export function attested(repository: Repository, tip: string, statements: readonly Statement[]): (Signed | undefined)[] {
  const paths = [...new Set(statements.flatMap((statement) => statement.paths))];
  const head = repository.commit(tip);
  if (paths.length === 0 || head === undefined) return statements.map(() => undefined);
  const commits = commitsOf(repository, linesOf(repository.git(['rev-list', head, '--', ...paths])));
  const contents = contentsOf(repository, [head, ...commits.flatMap(({ oid, parents }) => [oid, ...parents])], paths);
  const said = ({ paths: all, of }: Statement, commit: Oid) => all.flatMap((path) => of(contents.get(`${commit}:${path}`)) ?? [])[0];
  const signers = signersOf(repository, commits.filter(({ isSigned }) => isSigned));
  return statements.map((statement) => {
    const is = said(statement, head);
    if (is === undefined) return undefined;
    const bringers = commits.filter(({ oid, parents, isSigned }) => isSigned && said(statement, oid) === is && parents.every((parent) => said(statement, parent) !== is));
    return bringers.flatMap(({ oid }) => (signers.has(oid) ? [{ commit: oid, principal: signers.get(oid) as string }] : []))[0];
  });
}

interface Commit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly isSigned: boolean;
}

function commitsOf({ options }: Repository, oids: readonly Oid[]): Commit[] {
  return readObjects(oids, options).flatMap((object) => {
    if (object?.type !== 'commit') return [];
    const text = object.content.toString('latin1');
    const header = text.slice(0, text.indexOf('\n\n'));
    const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent]) => parent as Oid);
    return [{ oid: object.oid, parents, isSigned: parents.length > 0 && /^gpgsig(?:-sha256)? -----BEGIN SSH SIGNATURE-----$/m.test(header) }];
  });
}

function contentsOf({ options }: Repository, commits: readonly Oid[], paths: readonly string[]): Map<string, Buffer> {
  const names = [...new Set(commits)].flatMap((commit) => paths.filter((path) => !path.includes('\n')).map((path) => `${commit}:${path}`));
  const objects = readObjects(names, options);
  return new Map(names.flatMap((name, index) => (objects[index]?.type === 'blob' ? [[name, objects[index].content] as const] : [])));
}

/** The principal of each commit that is signed by a key of its first parent's allowed signers. */
function signersOf(repository: Repository, commits: readonly Commit[]): Map<Oid, string> {
  const allowed = readObjects(commits.map(({ parents }) => `${parents[0]}:${ALLOWED_SIGNERS}`), repository.options);
  const byFile = new Map<Oid, { readonly content: Buffer; readonly oids: Oid[] }>();
  for (const [index, object] of allowed.entries()) {
    if (object?.type !== 'blob') continue;
    const group = byFile.get(object.oid) ?? { content: object.content, oids: [] };
    group.oids.push((commits[index] as Commit).oid);
    byFile.set(object.oid, group);
  }
  return new Map([...byFile.values()].flatMap(({ content, oids }) => verified(repository, content, oids)));
}

/** `%G?` is G for a good signature whose key the file names; U for one that it does not. */
function verified(repository: Repository, allowed: Buffer, oids: readonly Oid[]): [Oid, string][] {
  const scratch = mkdtempSync(join(tmpdir(), 'treework-'));
  try {
    const file = join(scratch, basename(ALLOWED_SIGNERS));
    writeFileSync(file, allowed);
    const settings = [`gpg.ssh.allowedSignersFile=${file}`, 'gpg.ssh.revocationFile=', 'gpg.ssh.program=ssh-keygen', 'log.showSignature=false'].flatMap((one) => ['-c', one]);
    const answer = repository.tryGit([...settings, 'log', '--no-walk=unsorted', '--format=%H %G? %GS', ...oids]);
    return linesOf(answer.stdout).flatMap((line) => {
      const [, oid, principal] = /^([0-9a-f]+) G (.+)$/.exec(line) ?? [];
      return oid !== undefined && principal !== undefined ? [[oid, principal]] : [];
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
