import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { ticketFolder } from '../documents/place.ts';
import { readBytes } from '../git/files.ts';
import { addModuleWorktree, openModules, type ModulePlace, type ModuleWorktree } from '../git/modules.ts';
import { touchedModules } from '../workflow/touched-modules.ts';
import { workspaceAt } from './workspace.ts';

/**
 * Puts into a ticket's worktree one of each module that the ticket touches, as its tasks.md there says;
 * what is there already stays. All of them or none: a UserError of one takes the others away again.
 */
export function addModules(place: ModulePlace, ticket: string, program: string): { readonly modules: readonly ModuleWorktree[]; readonly undo: () => void } {
  const there = workspaceAt(place.root, program);
  const tasks = there === undefined || there.settings.modules.size === 0 ? undefined : readBytes(join(place.root, ticketFolder(there.settings, ticket), 'tasks.md'));
  if (!there || !tasks) return { modules: [], undo: () => {} };
  const touched = touchedModules(parseDocument(tasks).data, there.settings.modules);
  const wanted = new Map([...there.settings.modules].filter(([name]) => touched.includes(name)));
  const made: { readonly worktree: ModuleWorktree; readonly undo: () => void }[] = [];
  const undo = () => {
    for (const one of [...made].reverse()) one.undo();
  };
  try {
    for (const module of openModules(there.repository, wanted)) made.push(addModuleWorktree(module, place));
  } catch (error) {
    undo();
    throw error;
  }
  return { modules: made.map(({ worktree }) => worktree), undo };
}
