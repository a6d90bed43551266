import { reasonsOf, type ReleasedCommit } from './conventional-commit.ts';

/** What a release brings. */
export interface ReleaseNotes {
  /** Tickets that were archived since the last one. */
  readonly tickets: readonly { readonly id: string; readonly title: string | undefined }[];
  readonly breaking: readonly NotedCommit[];
  readonly features: readonly NotedCommit[];
  readonly fixes: readonly NotedCommit[];
}

/** What one commit says of itself. */
export interface NotedCommit {
  readonly scope: string | undefined;
  readonly subject: string;
  readonly oid: string;
}

/** What is told of the commits since the last release, the newest first: those that somebody who uses it notices. */
export function releaseNotes(commits: readonly ReleasedCommit[], tickets: ReleaseNotes['tickets']): ReleaseNotes {
  const reasons = reasonsOf(commits);
  const noted = commits.flatMap((commit, at) => {
    const level = reasons[at]?.level;
    return level === undefined ? [] : [{ level, ...headerOf(commit.message), oid: commit.oid }];
  }).toReversed();
  const of = (...levels: readonly string[]) => noted.filter(({ level }) => levels.includes(level)).map(({ scope, subject, oid }) => ({ scope, subject, oid }));
  return { tickets, breaking: of('major'), features: of('minor'), fixes: of('patch') };
}

/** The scope and the subject of a conventional commit; of any other the first line. */
function headerOf(message: string): Pick<NotedCommit, 'scope' | 'subject'> {
  const [line = ''] = message.split('\n');
  const [, scope, subject] = /^\w+(?:\(([^()]*)\))?!?: (.+)$/.exec(line) ?? [];
  return { scope: scope || undefined, subject: subject ?? line };
}
