import type { Settings } from '../documents/settings.ts';
import { shapesOf } from './scope.ts';
import { taskNodes, textsIn } from './task-tree.ts';

/**
 * The modules of the workspace that a ticket touches, in the order of WORKSPACE.md: those that a scope
 * of its nodes names (`api:src/**`, or a path in the module's folder). `tasks` is the frontmatter of
 * tasks.md; none before there is one.
 */
export function touchedModules(tasks: Readonly<Record<string, unknown>> | undefined, modules: Settings['modules']): string[] {
  if (tasks === undefined || modules.size === 0) return [];
  const texts = taskNodes(tasks).flatMap(({ data }) => textsIn(data.scope)).filter((text) => !text.startsWith('!'));
  const prefixes = texts.flatMap((text) => shapesOf(text, modules).map(({ prefix }) => prefix));
  return [...modules].flatMap(([name, folder]) => (prefixes.some((prefix) => prefix.startsWith(`${folder}/`)) ? [name] : []));
}
