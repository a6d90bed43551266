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

/** The pattern of the branches of one sort: WORKSPACE.md's, else that of flow `contrib`; undefined in flow `trunk` where nobody wrote one. */
export function branchPattern(sort: 'contrib' | 'feature' | 'release' | 'hotfix', { branches, flow }: Pick<Settings, 'branches' | 'flow'>): string | undefined {
  return branches.get(sort) ?? (flow === 'contrib' ? CONTRIB_BRANCHES[sort] : undefined);
}

/** The integration branch of flow `contrib`; undefined in flow `trunk`. */
export function developBranch({ branches, flow }: Pick<Settings, 'branches' | 'flow'>): string | undefined {
  return flow === 'contrib' ? (branches.get('develop') ?? CONTRIB_BRANCHES.develop) : undefined;
}

/** What a branch is for. `stack`: one of several that are reviewed one after the other; `detached`: none is checked out. */
export type BranchType = 'trunk' | 'develop' | 'contrib' | 'feature' | 'release' | 'hotfix' | 'stack' | 'other' | 'detached';

/** What a branch is for, by the form of its name. `ticket`: one that it carries in whatever form. */
export function branchType(name: string | undefined, settings: Pick<Settings, 'branches' | 'flow' | 'ticketPattern'>, trunk: string | undefined, ticket: string | undefined): BranchType {
  if (name === undefined) return 'detached';
  if (name === trunk) return 'trunk';
  if (name === developBranch(settings)) return 'develop';
  if (stackPart(name, settings) !== undefined) return 'stack';
  for (const type of ['hotfix', 'release', 'feature', 'contrib'] as const) {
    const pattern = branchPattern(type, settings);
    if (pattern !== undefined && fitsBranchPattern(name, pattern)) return type;
  }
  const usual = /^(hotfix|release|feature|feat)\//.exec(name)?.[1];
  if (usual === 'hotfix' || usual === 'release') return usual;
  return usual !== undefined || ticket !== undefined ? 'feature' : 'other';
}

/** Which part of a stack a branch `ID--p2-slug` is, whatever its pattern puts before that; undefined for any other. */
export function stackPart(name: string, settings: Pick<Settings, 'ticketPattern'>): number | undefined {
  const own = withoutStamp(name.slice(name.lastIndexOf('/') + 1));
  const part = ticketOfBranchName(own, settings) === undefined ? undefined : /--p(\d+)-/.exec(own)?.[1];
  return part === undefined ? undefined : Number(part);
}

/** Of `feature/20261120T192600Z_PROJ-7--x`: `PROJ-7--x`; of a name without a timestamp the name itself. */
export function withoutStamp(name: string): string {
  return name.replace(/^(?:.*\/)?\d{8}T\d{6}Z_/, '');
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
  const release = branchPattern('release', settings);
  return name === developBranch(settings) || (release !== undefined && fitsBranchPattern(name, release));
}
