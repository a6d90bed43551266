import { commitAuthority } from '../documents/authority.ts';

/** What a commit changes for those who use the software. */
export type Level = 'major' | 'minor' | 'patch';

/** A commit since the last release. */
export interface ReleasedCommit {
  readonly oid: string;
  readonly message: string;
  /** What it changes; a merge is none. */
  readonly paths: readonly string[];
}

/** Why a version has to grow, and how far; undefined: it need not, for this. */
export interface Reason {
  readonly level: Level | undefined;
  readonly why: string;
  readonly commit?: string;
}

const LEVELS: Readonly<Record<string, Level>> = { feat: 'minor', fix: 'patch', perf: 'patch', revert: 'patch' };
const QUIET = new Set(['build', 'chore', 'ci', 'docs', 'refactor', 'style', 'test']);
/** Texts for people, tests, and settings of tools: nobody who uses the software notices them. */
const UNNOTICED = /\.(?:mdx?|markdown|rst|adoc)$|(?:^|\/)(?:docs?|tests?|__tests__|spec|\.github|\.ci|\.changeset|\.husky|\.vscode|\.treework)\/|\.(?:test|spec)\.\w+$|_test\.\w+$|(?:^|\/)test_[^/]*\.py$|(?:^|\/)(?:LICEN[CS]E|\.gitignore|\.gitattributes|\.editorconfig|\.mailmap|CODEOWNERS)$/i;

/**
 * What each commit asks for, as Conventional Commits (1.0.0) has it: a breaking change, a feature, a
 * fix. A commit that changes nothing but documents and tests asks for nothing, whatever its type; one
 * of no known type asks for a patch; one that is reverted among them asks for nothing, with its revert.
 */
export function reasonsOf(commits: readonly ReleasedCommit[]): Reason[] {
  const gone = revertedIn(commits);
  return commits.map((commit) => {
    const [subject = ''] = commit.message.split('\n');
    const short = { commit: commit.oid };
    if (gone.has(commit.oid)) return { level: undefined, why: `${subject}: taken back before any release`, ...short };
    if (commit.paths.every((path) => UNNOTICED.test(path))) return { level: undefined, why: `${subject}: changes documents and tests alone`, ...short };
    const { type, isBreaking } = parsed(commit.message);
    if (isBreaking) return { level: 'major', why: `${subject}: breaking change`, ...short };
    if (type !== undefined && QUIET.has(type)) return { level: undefined, why: subject, ...short };
    const level = type === undefined ? undefined : LEVELS[type];
    return { level: level ?? 'patch', why: level ? subject : `${subject}: says no type of change, so at least a patch`, ...short };
  });
}

/** Commits that others of them revert, and those others; a revert of a revert brings the first one back. */
function revertedIn(commits: readonly ReleasedCommit[]): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const { oid, message } of commits.toReversed()) {
    const target = /This reverts commit ([0-9a-f]{7,64})/.exec(message)?.[1];
    const reverted = target === undefined || gone.has(oid) ? undefined : commits.find((one) => one.oid.startsWith(target));
    if (reverted) for (const one of [oid, reverted.oid]) gone.add(one);
  }
  return gone;
}

function parsed(message: string): { type: string | undefined; isBreaking: boolean } {
  if (message.trim() === '') return { type: undefined, isBreaking: false };
  const { CommitParser } = commitAuthority();
  const options = { headerPattern: /^(\w+)(?:\(([^()]*)\))?(!)?: (.+)$/, headerCorrespondence: ['type', 'scope', 'mark', 'subject'], noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'] };
  const { type, mark, notes } = new CommitParser(options).parse(message) as unknown as { type?: string | null; mark?: string | null; notes: readonly { title: string }[] };
  // Only in capitals, says the specification; the parser takes any case.
  const isBreaking = typeof mark === 'string' || notes.some(({ title }) => title === title.toUpperCase());
  return { type: type?.toLowerCase() ?? (message.startsWith('Revert "') ? 'revert' : undefined), isBreaking };
}
