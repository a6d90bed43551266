import { UserError } from '../../error.ts';
import type { ProviderContext } from '../provider.ts';
import { githubPlace } from './address.ts';
import { inGraphql, refusalOf, unreachable, type GraphqlError } from './refusals.ts';

/** What the adapter is told besides. */
export interface GitHubContext extends ProviderContext {
  /** In place of the base that the remote's address leads to. */
  readonly apiUrl: string | undefined;
  /** A token for a host; asked for once, when it is needed. */
  readonly token: (host: string) => string | undefined;
  /** How long one answer may take; half a minute when absent. */
  readonly patienceMs?: number;
  /** How long between two looks at a merge that runs; a second when absent. */
  readonly lookMs?: number;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT';

export interface Asked {
  readonly body?: unknown;
  /** Refusals that the caller reads himself. */
  readonly but?: readonly number[];
}

export interface Answered {
  readonly status: number;
  /** The JSON of its body; undefined where it has none. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** One repository of a GitHub, and what can be asked about it. Everything throws UserErrors that speak to people. */
export interface GitHubApi {
  /** As GitHub itself names it now, whatever it was called when it was cloned. */
  readonly repository: () => Promise<{ readonly owner: string; readonly name: string }>;
  /** `path` goes on behind the repository's: `/pulls/7`. */
  readonly ask: (method: Method, path: string, asked?: Asked) => Promise<Answered>;
  /** All items of a list, every page of it. */
  readonly all: <T>(path: string, asked?: Asked) => Promise<T[]>;
  /** The `data` of an answer; owner and name of the repository are variables too. */
  readonly graphql: <T>(query: string, variables: Readonly<Record<string, unknown>>) => Promise<T>;
}

/** "API Versions", docs.github.com/rest/about-the-rest-api: the one that GitHub Enterprise Server knows too. */
const VERSION = '2022-11-28';
/** A hundred each. */
const MOST_PAGES = 100;

/**
 * GitHub's REST and GraphQL APIs (docs.github.com/rest, docs.github.com/graphql): pages are turned by the Link header
 * (RFC 8288), and only at the same origin; a renamed repository is followed once and then called by its new name.
 */
export function githubApi(context: GitHubContext): GitHubApi {
  if (!context.remote) throw new UserError('Unexpected absence of a remote, expected one at GitHub', 'git remote add origin https://github.com/OWNER/NAME.git', 'no-remote');
  const place = githubPlace(context.remote.url, context.apiUrl);
  let token: string | undefined;
  let known: Promise<{ readonly owner: string; readonly name: string }> | undefined;

  const authorization = (): string => {
    token ??= context.token(place.host);
    if (token === undefined) throw new UserError(`Unexpected absence of a token for ${place.host}, expected one that may read and write pull requests`, `gh auth login --hostname ${place.host}, or set GH_TOKEN`, 'unauthorized');
    return `Bearer ${token}`;
  };

  const send = async (method: Method, url: string, { body, but = [] }: Asked = {}): Promise<Answered> => {
    const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': VERSION, 'user-agent': 'treework', authorization: authorization(), ...(body !== undefined && { 'content-type': 'application/json' }) };
    try {
      // fetch itself forgets the token where a redirect leads to another origin.
      const response = await fetch(url, { method, headers, redirect: method === 'GET' ? 'follow' : 'error', signal: AbortSignal.timeout(context.patienceMs ?? 30_000), ...(body !== undefined && { body: JSON.stringify(body) }) });
      const text = await response.text();
      const answered = { status: response.status, body: parsed(text), headers: response.headers };
      if (!response.ok && !but.includes(response.status)) throw refusalOf(place.host, `${method} ${new URL(url).pathname}`, answered);
      if (response.ok && text !== '' && answered.body === undefined) throw new UserError(`Unexpected answer of ${place.host} that is no JSON, expected that of its API`, 'see whether a proxy or a login page stands between; GITHUB_API_URL says where the API is', 'unreachable');
      return answered;
    } catch (error) {
      throw error instanceof UserError ? error : unreachable(place.host, error);
    }
  };

  const find = async () => {
    const { body } = await send('GET', `${place.rest}/repos/${place.owner}/${place.name}`);
    const { name, owner } = body as { name: string; owner: { login: string } };
    return { owner: owner.login, name };
  };
  const repository = () => (known ??= find());
  const ask = async (method: Method, path: string, asked?: Asked) => {
    const { owner, name } = await repository();
    return send(method, `${place.rest}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}${path}`, asked);
  };

  return {
    repository,
    ask,
    async all<T>(path: string, asked?: Asked) {
      const items: T[] = [];
      let answered = await ask('GET', path, asked);
      for (let page = 1; ; page += 1) {
        if (!Array.isArray(answered.body)) return items;
        items.push(...(answered.body as T[]));
        const next = /<([^<>]+)>;[^,]*\brel="next"/.exec(answered.headers.get('link') ?? '')?.[1];
        if (next === undefined || page === MOST_PAGES || new URL(next).origin !== new URL(place.rest).origin) return items;
        answered = await send('GET', next, asked);
      }
    },
    async graphql<T>(query: string, variables: Readonly<Record<string, unknown>>) {
      const answered = await send('POST', place.graphql, { body: { query, variables: { ...(await repository()), ...variables } } });
      const { data, errors } = answered.body as { data?: T | null; errors?: readonly GraphqlError[] };
      if (errors?.[0] || !data) throw inGraphql(place.host, errors ?? [], answered);
      return data;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
