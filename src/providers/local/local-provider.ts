import type { Provider } from '../provider.ts';
import type { LocalContext } from './context.ts';

/** The provider that needs nothing but git. Each port is loaded when it is asked for. */
export function localProvider(context: LocalContext): Provider {
  return {
    name: 'local',
    ports: {
      ci: async () => (await import('./ci.ts')).localCI(context),
      'document-storage': async () => (await import('./document-storage.ts')).localDocumentStorage(context),
      'git-hosting': async () => (await import('./git-hosting.ts')).localGitHosting(context),
      messaging: async () => (await import('./messaging.ts')).localMessaging(context),
      'ticket-management': async () => (await import('./ticket-management.ts')).localTicketManagement(context),
    },
  };
}
