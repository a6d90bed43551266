import { UserError } from '../../error.ts';

/** A repository at a GitHub, and where its API is. */
export interface GitHubPlace {
  /** Without a slash at its end: `https://api.github.com`, `https://github.example.com/api/v3`. */
  readonly rest: string;
  readonly graphql: string;
  /** Whom a token has to be for. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * What a remote's address says: a URL, or scp's form (git-fetch(1), "GIT URLS"). Bases are those of "Getting started
 * with the REST API" and of GitHub Enterprise Server and Cloud (docs.github.com); `override` stands in for them. Throws
 * a UserError where the address names no repository, or the token would travel in the clear.
 */
export function githubPlace(url: string, override: string | undefined): GitHubPlace {
  const [, host = '', path = ''] = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:@]+)(?::\d+)?\/(.+)$/.exec(url) ?? /^(?:[^@/:]+@)?([^/:@]{2,}):(?!\/\/)\/?(.+)$/.exec(url) ?? [];
  const [owner, name, ...rest] = path.replace(/\/+$/, '').replace(/\.git$/, '').split('/');
  if (!owner || !name || rest.length > 0 || ![owner, name].every((word) => /^[\w.-]+$/.test(word))) throw new UserError('Unexpected address of the remote, expected one of a repository at GitHub, such as https://github.com/OWNER/NAME', 'git remote set-url ORIGIN URL, or let providers of WORKSPACE.md name another for git-hosting', 'no-forge');
  const base = override === undefined ? restOf(host.toLowerCase()) : overridden(override);
  const { hostname } = new URL(base);
  const graphql = base.endsWith('/api/v3') ? `${base.slice(0, -'/v3'.length)}/graphql` : `${base}/graphql`;
  return { rest: base, graphql, host: hostname.replace(/^api\.(?=github\.com$|.+\.ghe\.com$)/, ''), owner, name };
}

function restOf(host: string): string {
  if (/^(?:(?:www|ssh)\.)?github\.com$/.test(host)) return 'https://api.github.com';
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`;
}

function overridden(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!url || !isSafe || url.username !== '' || url.password !== '') throw new UserError('Unexpected GITHUB_API_URL, expected an https address without a password in it', 'unset GITHUB_API_URL, or write https://HOST/api/v3', 'api-url');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
