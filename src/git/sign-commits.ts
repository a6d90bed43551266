import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { hasSignature, unsigned } from './commit-graph.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';

/** Whether the user's configuration asks for signed commits. */
export function isSigning(repository: Repository): boolean {
  return repository.tryGit(['config', '--type=bool', '--get', 'commit.gpgsign']).stdout.toString().trim() === 'true';
}

/**
 * Signs new commits, each after its parents, with the user's key and the program that git is configured
 * for: those that name the user as their committer, since a signature by somebody else would vouch
 * for what that one did not do. Nothing else of them changes by a byte. Answers what each commit has
 * become, where it is another; those upon a signed one are others, too. Throws a UserError
 * (`signing-failed`) where a signature cannot be made.
 */
export function signCommits(repository: Repository, commits: readonly Oid[]): Map<Oid, { readonly oid: Oid; readonly isSigned: boolean }> {
  const user = /^.*>/.exec(repository.git(['var', 'GIT_COMMITTER_IDENT']).toString())?.[0] ?? '';
  const signed = new Map<Oid, { readonly oid: Oid; readonly isSigned: boolean }>();
  const objects = readObjects(commits, repository.options);
  commits.forEach((commit, at) => {
    const old = objects[at]?.content.toString('latin1') ?? '';
    const raw = old.replaceAll(/^parent (\S+)$/gm, (line, parent: Oid, from: number) => (from < old.indexOf('\n\n') ? `parent ${signed.get(parent)?.oid ?? parent}` : line));
    const made = committerOf(raw).startsWith(`${Buffer.from(user).toString('latin1')} `) ? withSignature(repository, raw) : undefined;
    const oid = made ?? (raw === old ? commit : repository.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: Buffer.from(raw, 'latin1') }).toString().trim());
    signed.set(commit, { oid, isSigned: made !== undefined });
  });
  return signed;
}

/** undefined where git would write anything else of it otherwise: then it stays without a signature. */
function withSignature(repository: Repository, raw: string): Oid | undefined {
  const end = raw.indexOf('\n\n');
  const values = (name: string) => [...raw.slice(0, end + 1).matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value = '']) => value);
  const options = ['-c', `i18n.commitEncoding=${values('encoding')[0] ?? 'UTF-8'}`, 'commit-tree', '-S', ...values('parent').flatMap((parent) => ['-p', parent]), values('tree')[0] as string];
  const env = { ...identity('AUTHOR', values('author')[0] ?? ''), ...identity('COMMITTER', values('committer')[0] ?? '') };
  const { status, stdout, stderr } = repository.tryGit(options, { input: Buffer.from(raw.slice(end + 2), 'latin1'), env });
  if (status !== 0) throw new UserError(`Unexpected answer of the program that signs (${stderr.trim().split('\n')[0]}), expected a signature, as commit.gpgsign asks for; nothing was moved`, 'see to the key, or the same again with --no-gpg-sign', 'signing-failed');
  const oid = stdout.toString().trim();
  const made = readObjects([oid], repository.options)[0]?.content;
  return made && hasSignature(made) && unsigned(made).equals(Buffer.from(raw, 'latin1')) ? oid : undefined;
}

function identity(who: 'AUTHOR' | 'COMMITTER', line: string): Record<string, string> {
  const [, name = '', email = '', seconds = '', zone = ''] = /^(.*?) ?<(.*)> (\d+) ([+-]\d+)$/.exec(Buffer.from(line, 'latin1').toString()) ?? [];
  return { [`GIT_${who}_NAME`]: name, [`GIT_${who}_EMAIL`]: email, [`GIT_${who}_DATE`]: `@${seconds} ${zone}` };
}

function committerOf(raw: string): string {
  return /^committer (.*)$/m.exec(raw)?.[1] ?? '';
}
