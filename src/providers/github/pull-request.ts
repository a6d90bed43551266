import { UserError } from '../../error.ts';
import type { PullRequest } from '../generated/ports.ts';
import type { GitHubApi } from './api.ts';

/** What the adapter reads of GitHub's "Pull Request" and "Pull Request Simple" (docs.github.com/rest/pulls/pulls); `stack` of "Stacked pull requests APIs". */
export interface GitHubPull {
  readonly number: number;
  readonly node_id: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly draft?: boolean;
  readonly user: { readonly login: string } | null;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
  readonly created_at: string;
  readonly updated_at: string;
  readonly merged_at: string | null;
  /** Of an open one: of a merge that was only tried. */
  readonly merge_commit_sha: string | null;
  readonly html_url: string;
  /** Where it is in one. */
  readonly stack?: { readonly number: number } | null;
}

/** The pull request as the port has it. */
export function shownPull(pull: GitHubPull): PullRequest {
  const isMerged = pull.merged_at !== null;
  return {
    id: String(pull.number),
    title: pull.title,
    body: pull.body ?? '',
    head: pull.head.ref,
    base: pull.base.ref,
    state: isMerged ? 'merged' : pull.state,
    draft: pull.draft ?? false,
    author: pull.user?.login ?? 'ghost',
    created: pull.created_at,
    updated: pull.updated_at,
    commit: pull.head.sha,
    merged: isMerged ? pull.merge_commit_sha : null,
    url: pull.html_url,
  };
}

/** The pull request of an id; undefined where there is none. */
export async function readPull({ ask }: GitHubApi, id: string): Promise<GitHubPull | undefined> {
  if (!/^[1-9]\d{0,14}$/.test(id)) return undefined;
  const { status, body } = await ask('GET', `/pulls/${id}`, { but: [404] });
  return status === 404 ? undefined : (body as GitHubPull);
}

export async function requiredPull(api: GitHubApi, id: string): Promise<GitHubPull> {
  const pull = await readPull(api, id);
  if (pull) return pull;
  const { owner, name } = await api.repository();
  throw new UserError(`Unexpected absence of pull request ${id} in ${owner}/${name}, expected it there`, 'see which there are', 'not-found');
}
