import type { Provider } from '../provider.ts';
import type { GitHubContext } from './api.ts';

/** The provider that asks GitHub, by its API alone: no program of GitHub's is needed. */
export function githubProvider(context: GitHubContext): Provider {
  return { name: 'github', ports: { 'git-hosting': async () => (await import('./git-hosting.ts')).githubGitHosting(context) } };
}
