import { basename, join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, placeOf, ticketFolder } from '../documents/place.ts';
import { runAt, runId, runOf, runsFolder } from '../documents/run.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { namesEverywhere } from '../git/everywhere.ts';
import { directoriesIn, readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import type { Question } from '../git/told-recall.ts';
import { interruptedBranch } from '../git/whereabouts.ts';
import { withWorkTree } from '../git/work-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { caseTwin, inferTicket, type TicketClues } from '../workflow/infer-ticket.ts';
import type { Invocation } from './command.ts';

/** A work tree that treework governs. */
export interface Workspace {
  readonly repository: Repository;
  readonly settings: Settings;
  /** Noted for whoever wants to know what an answer was read from. */
  readonly beyond?: Beyond;
}

/** What was looked at beyond the governed folders of a work tree and what git keeps of the repository. */
export interface Beyond {
  /** What git was asked about the work tree, and what it answered. */
  readonly questions: Question[];
  readonly files: Set<string>;
  /** Directories that are there, or whose entries were looked at. */
  readonly folders: Set<string>;
  /** Whether there was more than can be noted. */
  isOpen: boolean;
}

/** Throws a UserError outside a work tree, and where no WORKSPACE.md governs it. */
export function openWorkspace(invocation: Pick<Invocation, 'cwd' | 'program'>): Workspace {
  const repository = Repository.open(invocation.cwd);
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  if (!bytes) throw new UserError('Unexpected repository without WORKSPACE.md, expected one that treework governs', `${invocation.program} init`, 'not-governed');
  const { data, problems } = parseDocument(bytes);
  if (data === undefined) throw new UserError(`${problems[0]?.message ?? 'Unexpected frontmatter'} (${WORKSPACE_PATH}:${problems[0]?.line ?? 1})`, `mend ${WORKSPACE_PATH}; ${invocation.program} check ${WORKSPACE_PATH} says more`, 'workspace-invalid');
  return { repository, settings: settingsOf(data) };
}

/** The same of a worktree that may hold none: undefined where WORKSPACE.md is absent or cannot be read. */
export function workspaceAt(cwd: string, program: string): Workspace | undefined {
  try {
    return openWorkspace({ cwd, program });
  } catch (error) {
    if (error instanceof UserError && (error.code === 'not-governed' || error.code === 'workspace-invalid')) return undefined;
    throw error;
  }
}

/** Calls `use` with the work tree as a tree that holds what stands there of one ticket; all else is as in the index. */
export function withTicket<T>({ repository, settings }: Workspace, ticket: string, use: (work: Tree) => T | Promise<T>): Promise<T> {
  const folder = ticketFolder(settings, ticket);
  return withWorkTree(repository, [WORKSPACE_PATH, folder, archivedFolder(settings, ticket)], (work) => {
    const inside = ['spec.md', 'tasks.md', 'changes', 'nodes'].map((name) => `${folder}/${name}`);
    work.prefetch([WORKSPACE_PATH, folder, ...inside]);
    return use(work);
  });
}

/** The ticket a verb acts on, which has a folder here. Throws a UserError otherwise. */
export function existingTicket(workspace: Workspace, invocation: Pick<Invocation, 'values' | 'program'>): string {
  const { settings } = workspace;
  const { open, known } = ticketsHere(workspace);
  const id = inferTicket(cluesOf(workspace, invocation, open, known), settings);
  if (open.includes(id)) return id;
  const twin = caseTwin(id, open);
  if (twin !== undefined) throw new UserError(`Unexpected ticket ${id}, expected ${twin} as its folder is named`, `--ticket ${twin}`, 'ticket-case');
  if (known.includes(id)) throw archived(id, settings);
  throw new UserError(`Unexpected ticket ${id}, expected one with a folder ${ticketFolder(settings, id)}`, howToBegin(settings, id, invocation.program), 'ticket-unknown');
}

/** What `ticketMeant` found out. */
export interface MeantTicket {
  /** Undefined where nothing says it, or two things say different ones. */
  readonly id: string | undefined;
  readonly isArchived: boolean;
  /** All that are open here, in the order of their names. */
  readonly open: readonly string[];
}

/** Which ticket is meant, whether it has a folder yet or not. Throws a UserError only for an id of a wrong form. */
export function ticketMeant(workspace: Workspace, invocation: Pick<Invocation, 'values'>): MeantTicket {
  const { open, known } = ticketsHere(workspace);
  try {
    const id = inferTicket(cluesOf(workspace, invocation, open, known), workspace.settings);
    const named = open.includes(id) ? id : (caseTwin(id, open) ?? id);
    return { id: named, isArchived: !open.includes(named) && known.includes(named), open: open.sort() };
  } catch (error) {
    if (!(error instanceof UserError) || (error.code !== 'ticket-missing' && error.code !== 'ticket-ambiguous')) throw error;
    return { id: undefined, isArchived: false, open: open.sort() };
  }
}

/** The ticket that a first document is made for: its id may be new, and is then unique ignoring case in all refs and worktrees. */
export function newTicket(workspace: Workspace, invocation: Pick<Invocation, 'values'>): string {
  const { repository, settings } = workspace;
  const { open, known } = ticketsHere(workspace);
  const id = inferTicket(cluesOf(workspace, invocation, open, known), settings);
  if (known.includes(id) && !open.includes(id)) throw archived(id, settings);
  const run = settings.layout.operations === undefined || open.includes(id) ? undefined : runOf(id);
  if (run) throw new UserError(`Unexpected new ticket ${id}, expected another id: it is that of a run of the operation ${run.name}`, `treework new run --operation ${run.name} --period ${run.period}`, 'ticket-run');
  const [specs, archive] = namesEverywhere(repository, [settings.layout.specs, settings.layout.archived]) as [Set<string>, Set<string>];
  const twin = caseTwin(id, [...known, ...specs, ...archive]);
  if (twin !== undefined) throw new UserError(`Unexpected ticket ${id} beside ${twin}, expected ids that differ by more than case`, `--ticket ${twin} if that one is meant`, 'ticket-case');
  if (!open.includes(id) && archive.has(id)) throw archived(id, settings);
  return id;
}

/** What says here which ticket is meant; `--ticket` among it. */
export function ticketClues(workspace: Workspace, invocation: Pick<Invocation, 'values'>): TicketClues {
  const { open, known } = ticketsHere(workspace);
  return cluesOf(workspace, invocation, open, known);
}

function ticketsHere({ repository, settings }: Workspace): { open: string[]; known: string[] } {
  const pattern = settings.ticketPattern;
  const { specs, archived } = settings.layout;
  const idsIn = (folder: string) => directoriesIn(join(repository.workRoot, folder)).filter((name) => pattern.test(name) && `${folder}/${name}` !== archived);
  const open = [...idsIn(specs), ...runsHere({ repository, settings })];
  return { open, known: [...open, ...idsIn(archived)] };
}

function cluesOf({ repository, settings }: Workspace, invocation: Pick<Invocation, 'values'>, open: readonly string[], known: readonly string[]): TicketClues {
  const option = invocation.values.ticket;
  const isLinked = repository.gitDir !== repository.commonDir;
  return {
    option: typeof option === 'string' ? option : undefined,
    folder: folderTicket(repository.prefix, settings),
    // git is asked where it has to be: --ticket says enough.
    get branch() {
      return repository.branch ?? interruptedBranch(repository);
    },
    worktree: isLinked ? basename(repository.workRoot) : undefined,
    known,
    open,
  };
}

function folderTicket(prefix: string, settings: Settings): string | undefined {
  const { specs, archived } = settings.layout;
  for (const base of [archived, specs]) {
    if (prefix.startsWith(`${base}/`)) return prefix.slice(base.length + 1).split('/')[0] || undefined;
  }
  return placeOf(settings, `${prefix}README.md`)?.ticket;
}

/** Runs of operations in this work tree, by id. */
function runsHere({ repository, settings: { layout: { operations } } }: Workspace): string[] {
  if (operations === undefined) return [];
  return directoriesIn(join(repository.workRoot, operations)).flatMap((name) =>
    directoriesIn(join(repository.workRoot, runsFolder(operations, name))).flatMap((period) => {
      const run = runAt(operations, `${runsFolder(operations, name)}/${period}/`);
      return run ? [runId(run)] : [];
    }),
  );
}

function howToBegin({ layout }: Settings, id: string, program: string): string {
  const run = layout.operations === undefined ? undefined : runOf(id);
  return run ? `${program} new run --operation ${run.name} --period ${run.period}` : `${program} new spec --ticket ${id} --title "WHAT IT DELIVERS"`;
}

function archived(id: string, settings: Settings): UserError {
  return new UserError(`Unexpected ticket ${id}, expected one that is open: it is archived in ${archivedFolder(settings, id)}`, 'an archived ticket does not change; begin a new one', 'ticket-archived');
}
