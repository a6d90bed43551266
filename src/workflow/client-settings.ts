/** Settings of the client, as far as they are ours to write; everything else is kept as it is. */
export interface ClientSettings {
  readonly hooks?: Readonly<Record<string, readonly HookEntry[]>>;
  readonly permissions?: { readonly deny?: readonly string[]; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

interface HookEntry {
  readonly matcher?: string;
  readonly hooks: readonly { readonly args?: readonly string[]; readonly [key: string]: unknown }[];
}

const OURS = /[\\/]dist[\\/]hooks[\\/]agent\.cjs$/;

/** The settings with exactly these hooks of ours, and all of everybody else's. */
export function withHooks(settings: ClientSettings, hooks: Readonly<Record<string, readonly HookEntry[]>>): ClientSettings {
  const others = Object.entries(settings.hooks ?? {}).map(([event, entries]) => [event, entries.filter((entry) => !entry.hooks.some(({ args }) => args?.some((word) => OURS.test(word))))] as const);
  const merged = new Map<string, readonly HookEntry[]>(others);
  for (const [event, entries] of Object.entries(hooks)) merged.set(event, [...(merged.get(event) ?? []), ...entries]);
  return { ...settings, hooks: Object.fromEntries([...merged].filter(([, entries]) => entries.length > 0)) };
}

/** The settings in which the tools may not edit exactly these frozen specs and the archive; other denials stay. */
export function withDenied(settings: ClientSettings, specs: string, archived: string, frozen: readonly string[]): ClientSettings {
  const ours = (rule: string) => rule.startsWith(`Edit(/${specs}/`) || rule === `Edit(/${archived}/**)`;
  const kept = (settings.permissions?.deny ?? []).filter((rule) => !ours(rule));
  const deny = [...kept, `Edit(/${archived}/**)`, ...frozen.map((path) => `Edit(/${path})`)];
  return { ...settings, permissions: { ...settings.permissions, deny } };
}
