import { nearest } from '../documents/nearest.ts';
import { UserError } from '../error.ts';
import { actorOf } from '../git/actor.ts';
import { now } from '../git/clock.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { moduleOf, providersInstalled } from '../git/package-module.ts';
import { sharedRemote } from '../git/remote.ts';
import type { Ports } from '../providers/generated/ports.ts';
import { guarded, serves, type Category, type Provider, type ProviderContext } from '../providers/provider.ts';
import type { Command } from './command.ts';
import { freshTicketId } from './fresh-ticket-id.ts';
import type { Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'which provider serves what; or ask one for an operation',
  usage: ['provider', 'provider CATEGORY', 'provider CATEGORY OPERATION [--input JSON|-]'],
  options: {
    input: { type: 'string', help: 'what the operation is asked, as JSON; - reads it from standard input' },
    by: { type: 'string', help: 'who acts; else TREEWORK_ACTOR, else git’s email and the worktree' },
  },
  run: async (invocation) => (await import('./provider-call.ts')).callProvider(invocation),
};

/** Providers that need no package. */
const builtIn = (category: Category) => (category === 'git-hosting' ? ['local', 'github'] : ['local']);
/** Names of providers to come: a package that happens to be called so is none of them. */
const TO_COME = ['gitlab', 'azure-devops', 'jira', 'clickup', 'slack'];
/** The names of npm packages (docs.npmjs.com, "package.json", name), and nothing that is a path. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** How the answerer of a port was called, and who acts. */
interface Asking {
  readonly program?: string;
  readonly by?: string;
}

/** The name of the provider that serves a category here. */
export function providerName({ settings }: Pick<Workspace, 'settings'>, category: Category | 'memory'): string {
  return settings.providers.get(category) ?? 'local';
}

/**
 * The port of a category, as WORKSPACE.md configures it: a built-in provider, else the npm package of
 * that name which is installed for this repository. What it takes and answers is held to the port's
 * schema. Throws a UserError where there is no such provider, or it does not serve the category.
 */
export async function providerOf<C extends Category>(workspace: Workspace, category: C, asking: Asking = {}): Promise<Ports[C]> {
  const name = providerName(workspace, category);
  const { repository } = workspace;
  const context: ProviderContext = { root: repository.root ?? repository.commonDir, remote: sharedRemote(repository), program: asking.program ?? 'treework' };
  const provider = await (name === 'local' ? local(workspace, context, asking) : name === 'github' ? github(context) : installed(workspace, category, name));
  const make = provider.ports[category];
  if (!make) throw notServed(category, name, provider);
  return guarded(name, category, await make(context));
}

async function local({ repository, settings }: Workspace, context: ProviderContext, { by }: Asking): Promise<Provider> {
  const { localProvider } = await import('../providers/local/local-provider.ts');
  return localProvider({
    ...context,
    repository,
    settings,
    now,
    actor: () => actorOf(repository, by),
    ticketsEverywhere: () => namesEverywhere(repository, [settings.layout.specs, settings.layout.archived]).flatMap((names) => [...names]),
    freshTicketId: (title) => freshTicketId({ repository, settings }, title, 'ticket', 'tickets.prefix of WORKSPACE.md'),
    runGates: async (root) => (await import('./ci-gates.ts')).gateJobs(root, context.root, context.program),
  });
}

async function github(context: ProviderContext): Promise<Provider> {
  const { githubProvider } = await import('../providers/github/github-provider.ts');
  const { githubApiUrl, githubToken } = await import('../git/forge-token.ts');
  return githubProvider({ ...context, apiUrl: githubApiUrl(), token: githubToken });
}

/** Loads a package's `provider`. Throws a UserError with what would serve instead. */
async function installed(workspace: Workspace, category: Category, name: string): Promise<Provider> {
  const root = workspace.repository.workRoot;
  const address = PACKAGE_NAME.test(name) && !TO_COME.includes(name) ? moduleOf(root, name) : undefined;
  if (address === undefined) throw unknownProvider(category, name, root);
  let exported: { readonly provider?: unknown };
  try {
    const { importPackage } = await import('../git/import-package.ts');
    exported = (await importPackage(address)) as typeof exported;
  } catch (error) {
    throw new UserError(`Unexpected end of loading the provider ${name}: ${String((error as Error)?.message ?? error).split('\n')[0]}`, `npm ls ${name} shows which one is installed`, 'provider-broken');
  }
  if (!serves(exported.provider, category)) throw new UserError(`Unexpected package ${name}, expected one that exports a provider which serves ${category}`, `let providers of WORKSPACE.md name another for ${category}, or leave it out: local serves it`, 'provider-category');
  return exported.provider;
}

function unknownProvider(category: Category, name: string, root: string): UserError {
  const there = [...builtIn(category), ...providersInstalled(root)];
  const meant = nearest(name, there);
  const isToCome = TO_COME.includes(name);
  const packageHint = PACKAGE_NAME.test(name) && !isToCome ? `npm install --save-dev ${name}, or ` : '';
  return new UserError(`Unexpected provider ${JSON.stringify(name)} for ${category}, expected ${there.join(', ')} or an npm package that is installed here${isToCome ? ': this one is not built in yet' : ''}`, `${packageHint}write providers: {${category}: ${meant ?? 'local'}} in WORKSPACE.md`, 'provider-unknown');
}

function notServed(category: Category, name: string, { ports }: Provider): UserError {
  return new UserError(`Unexpected provider ${name} for ${category}, expected one that serves it: it serves ${Object.keys(ports).join(', ')}`, `let providers of WORKSPACE.md name another for ${category}`, 'provider-category');
}
