import { childProcess } from './child-process.ts';

const PATIENCE_MS = 10_000;

/**
 * A token for a GitHub host, asked for where GitHub's own program looks (`gh help environment`): GH_TOKEN and
 * GITHUB_TOKEN for github.com and ghe.com, the same with ENTERPRISE for other hosts, then `gh auth token`. With
 * GITHUB_API_URL the environment names the host itself, so the plain ones are meant for it. undefined where there is none.
 */
export function githubToken(host: string): string | undefined {
  const { env } = process;
  const isPublic = host === 'github.com' || host.endsWith('.ghe.com');
  const plain = [env.GH_TOKEN, env.GITHUB_TOKEN];
  const given = isPublic ? plain : [env.GH_ENTERPRISE_TOKEN, env.GITHUB_ENTERPRISE_TOKEN, ...(env.GITHUB_API_URL ? plain : [])];
  const token = given.find((one) => one !== undefined && one.trim() !== '')?.trim();
  if (token !== undefined) return token;
  const { status, stdout } = childProcess().spawnSync('gh', ['auth', 'token', '--hostname', host], { stdio: ['ignore', 'pipe', 'ignore'], timeout: PATIENCE_MS, windowsHide: true });
  return status === 0 ? stdout.toString().trim() || undefined : undefined;
}

/** Where the environment says that GitHub's API is (GITHUB_API_URL, as GitHub Actions sets it); undefined where it says nothing. */
export function githubApiUrl(): string | undefined {
  return process.env.GITHUB_API_URL?.trim() || undefined;
}
