import type { Provider } from '../provider.ts';
import type { LocalContext } from './context.ts';

/** The provider that needs nothing but git. Each port is loaded when it is asked for. */
export function localProvider(context: LocalContext): Provider {
  return {
    name: 'local',
    ports: {
      'git-hosting': async () => (await import('./git-hosting.ts')).localGitHosting(context),
    },
  };
}
