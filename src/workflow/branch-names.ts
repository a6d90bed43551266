import type { Settings } from '../documents/settings.ts';

/** What flow `contrib` calls its branches where WORKSPACE.md does not say. */
const CONTRIB_BRANCHES: Readonly<Record<string, string>> = {
  develop: 'develop',
  contrib: 'contrib/{user}',
  feature: 'feature/{timestamp}_{slug}',
  release: 'release/{version}',
  hotfix: 'hotfix/{version}',
};

/** The names and patterns of branches that have a meaning here, the trunk's last where it is configured. */
export function branchPatterns({ branches, flow, trunk }: Pick<Settings, 'branches' | 'flow' | 'trunk'>): string[] {
  const named = { ...(flow === 'contrib' ? CONTRIB_BRANCHES : {}), ...Object.fromEntries(branches) };
  return [...Object.entries(named).flatMap(([key, pattern]) => (key === 'trunk' ? [] : [pattern])), ...(trunk === undefined ? [] : [trunk])];
}

/** The integration branch of flow `contrib`; undefined in flow `trunk`. */
export function developBranch({ branches, flow }: Pick<Settings, 'branches' | 'flow'>): string | undefined {
  return flow === 'contrib' ? (branches.get('develop') ?? CONTRIB_BRANCHES.develop) : undefined;
}

/** Whether a branch has a name of this pattern: `{user}` and the like stand for anything. */
export function fitsBranchPattern(name: string, pattern: string): boolean {
  const parts = pattern.split(/\{[^{}]*\}/);
  const source = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+');
  return new RegExp(`^${source}$`).test(name);
}

/** The ticket of a branch `ID--slug` or, in a stack, `ID--p2-slug`; undefined for any other name. */
export function ticketOfBranchName(name: string, { ticketPattern }: Pick<Settings, 'ticketPattern'>): string | undefined {
  const [id = '', slug = ''] = [name.slice(0, Math.max(0, name.indexOf('--'))), name.slice(name.indexOf('--') + 2)];
  return ticketPattern.test(id) && /^[^-/][^/]*$/.test(slug) && !/^p\d+-?$/.test(slug) ? id : undefined;
}

/** Whether a branch gathers what was reviewed before: `develop`, or one of a release. */
export function isLongLived(name: string, settings: Pick<Settings, 'branches' | 'flow'>): boolean {
  const release = settings.branches.get('release') ?? (settings.flow === 'contrib' ? CONTRIB_BRANCHES.release : undefined);
  return name === developBranch(settings) || (release !== undefined && fitsBranchPattern(name, release));
}
