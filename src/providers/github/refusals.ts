import { UserError } from '../../error.ts';
import type { Answered } from './api.ts';

/** An entry of GraphQL's `errors`, with the type that GitHub adds. */
export interface GraphqlError {
  readonly type?: string;
  readonly message?: string;
}

/** What GitHub says in the body of a refusal: the message and those of its single errors ("Troubleshooting the REST API"). */
export function wordsOf(body: unknown): string {
  const { message, errors } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown; errors?: unknown };
  const single = Array.isArray(errors) ? errors.map((one: unknown) => (typeof one === 'string' ? one : String((one as { message?: unknown } | null)?.message ?? ''))) : [];
  return [message, ...single].filter((word) => typeof word === 'string' && word !== '').join(': ') || 'no reason';
}

/** A refusal, for a person. 404 is also what GitHub answers to a token that may not know of what is there. */
export function refusalOf(host: string, what: string, answered: Answered): UserError {
  const { status, body, headers } = answered;
  const said = wordsOf(body);
  const limited = limitOf(host, answered);
  if (limited) return limited;
  if (status === 401) return new UserError(`Unexpected refusal of the token by ${host}: ${said}`, `gh auth login --hostname ${host}, or another GH_TOKEN`, 'unauthorized');
  if (status === 403) return new UserError(`Unexpected refusal of ${what} by ${host}: ${said}`, permissionHint(headers), 'unauthorized');
  if (status === 404) return new UserError(`Unexpected absence of what ${what} names at ${host}, expected it there, and a token that may see and change it`, `${permissionHint(headers)}; a private repository looks absent to a token that may not see it`, 'not-found');
  if (status >= 500) return new UserError(`Unexpected ${status} of ${host} for ${what}: ${said}`, 'try again later: what is done stays done', 'unreachable');
  return new UserError(`Unexpected refusal of ${what} by ${host}: ${said}`, 'see what it says', 'conflict');
}

/** What a token would have to be allowed, as far as GitHub tells: single sign-on, the permissions that would do, the scopes it has. */
function permissionHint(headers: Headers): string {
  const address = /url=(https:\/\/\S+)/.exec(headers.get('x-github-sso') ?? '')?.[1];
  if (address !== undefined) return `authorize the token for single sign-on: ${address}`;
  const accepted = headers.get('x-accepted-github-permissions');
  if (accepted) return `use a token with the permissions ${accepted}`;
  const scopes = headers.get('x-oauth-scopes');
  return scopes === null ? 'use a token with the permission pull_requests=write for this repository' : `use a token with the scope repo: this one has ${scopes || 'none'}`;
}

/** Both of GitHub's limits ("Rate limits for the REST API"): the hourly one says when it ends, the other how long to wait. */
function limitOf(host: string, { status, body, headers }: Answered, isLimit = false): UserError | undefined {
  const wait = headers.get('retry-after');
  const isSpent = headers.get('x-ratelimit-remaining') === '0';
  const isMeant = isLimit || status === 429 || (status === 403 && (wait !== null || isSpent || /rate limit/i.test(wordsOf(body))));
  if (!isMeant) return undefined;
  const reset = Number(headers.get('x-ratelimit-reset'));
  const when = wait !== null && /^\d{1,6}$/.test(wait) ? `in ${wait} seconds` : isSpent && reset > 0 && reset < 1e11 ? `at ${new Date(reset * 1000).toISOString().slice(0, 19)}Z` : 'in a minute or later';
  return new UserError(`Unexpected rate limit of ${host}, expected requests left: ask again ${when}`, `the same call does the rest then (${when}): what is done stays done`, 'rate-limited');
}

/** The same for GraphQL, which answers 200 whatever happened. */
export function inGraphql(host: string, errors: readonly GraphqlError[], answered: Answered): UserError {
  const said = errors.map(({ message }) => message).filter((message) => message !== undefined).join('; ') || 'no reason';
  const isA = (...types: string[]) => errors.some(({ type }) => types.includes(type ?? ''));
  if (isA('RATE_LIMITED', 'RATE_LIMIT')) return limitOf(host, answered, true) as UserError;
  if (isA('NOT_FOUND')) return new UserError(`Unexpected absence at ${host}: ${said}`, 'see what it says', 'not-found');
  if (isA('FORBIDDEN', 'INSUFFICIENT_SCOPES')) return new UserError(`Unexpected refusal by ${host}: ${said}`, permissionHint(answered.headers), 'unauthorized');
  return new UserError(`Unexpected refusal by ${host}: ${said}`, 'see what it says', 'conflict');
}

/** No answer at all: no network, no such host, nobody there, or too late. */
export function unreachable(host: string, error: unknown): UserError {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: { code?: string; message?: string } };
  const why = name === 'TimeoutError' ? 'it takes too long' : (cause?.code ?? cause?.message ?? message ?? 'no reason');
  return new UserError(`Unexpected silence of ${host} (${why}), expected its API to answer`, 'see whether this machine is online; GITHUB_API_URL says where the API is; the same call does the rest then', 'unreachable');
}
