import { join } from 'node:path';
import { fillPlaces, placesIn } from '../documents/path-pattern.ts';
import { parseDocument } from '../documents/parse.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { planningDocument, PLANNING_DOCUMENTS, type Planning } from '../workflow/planning.ts';
import { knownKind } from './kind-sources.ts';
import type { Workspace } from './workspace.ts';

/** The planning documents of one undertaking. */
export interface PlanningFolder {
  readonly slug: string;
  /** `planning/reports`: where they are, from the repository's root. */
  readonly folder: string;
  readonly planning: Planning;
}

/** Where a planning document of an undertaking is, by the kind's pattern. */
export function planningPath(workspace: Workspace, slug: string, document: string): string {
  const pattern = knownKind(workspace, 'planning')?.path as string;
  const path = fillPlaces(pattern, (name) => (name === 'slug' ? slug : name === 'document' ? document : undefined));
  if (placesIn(path).length === 0 && path.endsWith('.md') && path !== pattern && !/[*?{}[\]]/.test(path)) return path;
  throw new UserError(`Unexpected pattern ${pattern} of kind planning, expected one with the places slug and document alone`, 'path: planning/{{slug}}/{{document}}.md under kinds.planning in WORKSPACE.md', 'kind-path');
}

/** A slug as it is given: `reports`, or a path to its folder. */
export function slugGiven(text: string): string {
  const slug = text.replace(/\/+$/, '').split('/').at(-1) as string;
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*$/u.test(slug)) return slug;
  throw new UserError(`Unexpected planning ${JSON.stringify(text)}, expected a folder such as planning/reports`, '--from planning/reports', 'input');
}

/** Reads the planning documents as they stand in the work tree. Throws a UserError where there is none. */
export function planningIn(workspace: Workspace, given: string, program: string): PlanningFolder {
  const slug = slugGiven(given);
  const read = PLANNING_DOCUMENTS.flatMap((name) => {
    const path = planningPath(workspace, slug, name);
    const bytes = readBytes(join(workspace.repository.workRoot, path));
    return bytes ? [[name, planningDocument(name, path, parseDocument(bytes))] as const] : [];
  });
  const folder = planningPath(workspace, slug, 'requirements').replace(/\/[^/]*$/, '');
  if (read.length === 0) throw new UserError(`Unexpected absence of planning documents in ${folder}, expected ${PLANNING_DOCUMENTS.map((name) => `${name}.md`).join(', ')}, one of them at least`, `${program} new planning ${slug} --title "WHAT IS PLANNED"`, 'planning-missing');
  const planning: Planning = Object.fromEntries(read);
  for (const document of Object.values(planning)) {
    const [problem] = [...document.problems, ...document.entries.flatMap(({ problems }) => problems)];
    if (problem) throw new UserError(`${problem.message} (${document.path}:${problem.line})`, problem.remedy, 'planning-invalid');
  }
  return { slug, folder, planning };
}
