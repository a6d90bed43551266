import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { FileTree } from '../git/file-tree.ts';
import { namesIn, pathExists, readBytes, realFolder } from '../git/files.ts';
import { isIgnored } from '../git/ignored-files.ts';
import { planLacking } from '../rules/plan-before-file.ts';
import { documentRefusal, scopeRefusal, type ClaimedNode, type PlannedEdit } from '../workflow/edit-guard.ts';
import { shellWrites, type ShellWrite } from '../workflow/shell-writes.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import { pinOf } from '../workflow/ticket.ts';
import { denying, NOTHING, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { openWorkspace, ticketMeant, type Workspace } from './workspace.ts';

/** Before a tool is used: refuses what the next commit would refuse, while it can still be done otherwise. */
export function beforeTool(input: AgentInput, program: string): AgentAnswer {
  const tool = String(input.raw.tool_name ?? '');
  const given = record(input.raw.tool_input);
  if (tool === 'Bash') return beforeShell(input, text(given.command), program);
  const file = text(given.file_path) || text(given.notebook_path);
  if (file === '') return NOTHING;
  const path = resolve(input.cwd, file);
  const ground = groundAt(realFolder(dirname(realPath(path))), program);
  const edit = ground && plannedEdit(ground, path, tool, given);
  return ground && edit ? answer(refusalOf(ground, edit)) : NOTHING;
}

/** The repository that a file is in, as it stands on disk. */
interface Ground {
  readonly workspace: Workspace;
  readonly snapshot: Snapshot;
  readonly program: string;
}

/** undefined where nobody governs, or where treework is off. */
function groundAt(cwd: string, program: string): Ground | undefined {
  const workspace = openWorkspace({ cwd, program });
  const { repository, settings } = workspace;
  if (readBytes(repository.statePath('off')) !== undefined) return undefined;
  return { workspace, snapshot: new Snapshot(new FileTree(repository.workRoot, { objectFormat: repository.objectFormat }), settings), program };
}

function plannedEdit({ workspace }: Ground, file: string, tool: string, given: Readonly<Record<string, unknown>>): PlannedEdit | undefined {
  const path = pathIn(workspace, file);
  if (path === undefined) return undefined;
  const before = readBytes(join(workspace.repository.workRoot, path));
  if (tool === 'Write') return { path, before, after: Buffer.from(text(given.content)) };
  if (tool === 'NotebookEdit') return { path, before, after: 'unseen' };
  const edits = Array.isArray(given.edits) ? given.edits.map(record) : [given];
  let content: string = before?.toString() ?? '';
  for (const one of edits) {
    const [old, now] = [text(one.old_string), text(one.new_string)];
    // The tool itself refuses what is not there.
    if (old !== '' && !content.includes(old)) return { path, before, after: 'unseen' };
    content = old === '' ? now : one.replace_all === true ? content.replaceAll(old, () => now) : content.replace(old, () => now);
  }
  return { path, before, after: Buffer.from(content) };
}

/** Where a file really is, or would be: links are followed as far as there is something. */
function realPath(file: string): string {
  let [at, below] = [resolve(file), ''];
  while (!pathExists(at) && dirname(at) !== at) [at, below] = [dirname(at), join(basename(at), below)];
  return join(realFolder(at), below);
}

/** From the root; undefined outside of the work tree. */
function pathIn({ repository: { workRoot } }: Workspace, file: string): string | undefined {
  const path = relative(workRoot, realPath(file)).split(sep).join('/');
  return path === '' || path === '..' || path.startsWith('../') || isAbsolute(path) ? undefined : path;
}

function refusalOf(ground: Ground, edit: PlannedEdit): string | undefined {
  const { snapshot, program, workspace } = ground;
  const refused = documentRefusal(edit, snapshot, program);
  if (refused !== undefined) return refused;
  const claimed = claimedHere(ground);
  if (claimed.length === 0) return undefined;
  const { settings } = workspace;
  const outside = scopeRefusal(edit.path, claimed, settings, program);
  const lacking = edit.before === undefined ? planned(ground, edit.path, claimed) : undefined;
  const why = outside ?? lacking;
  return why === undefined || isIgnored(workspace.repository, edit.path) ? undefined : why;
}

/** Why a new file has to wait for a plan: of every node here that could own it. */
function planned({ snapshot, workspace, program }: Ground, path: string, claimed: readonly ClaimedNode[]): string | undefined {
  const context = { settings: workspace.settings, options: {}, program, origin: 'HEAD' };
  const lacking = claimed.map(({ ticket, node }) => planLacking(snapshot, path, { ticket, node: node.id }, context));
  return lacking.every((one) => one !== undefined) ? lacking[0] : undefined;
}

/** Leaves of the ticket in hand that somebody works on in this work tree; what waits for its verdict is over. */
function claimedHere({ workspace, snapshot }: Ground): ClaimedNode[] {
  const { id, isArchived } = ticketMeant(workspace, { values: {} });
  if (id === undefined || isArchived) return [];
  const folder = ticketFolder(workspace.settings, id);
  const names = namesIn(join(workspace.repository.workRoot, folder, 'nodes')).filter((name) => readBytes(join(workspace.repository.workRoot, folder, 'nodes', name))?.includes('status: in_progress'));
  if (names.length === 0) return [];
  const nodes = taskNodes(snapshot.document(`${folder}/tasks.md`)?.data ?? {}).filter(({ children }) => children.length === 0);
  return nodes.flatMap((node) => {
    const data = names.includes(`${node.id}.md`) ? snapshot.document(`${folder}/nodes/${node.id}.md`)?.data : undefined;
    const last = Array.isArray(data?.history) ? record(data.history.at(-1)) : {};
    return data?.status === 'in_progress' && last.done !== true ? [{ ticket: id, node }] : [];
  });
}

/** A shell line: what it plainly writes or removes of governed documents. */
function beforeShell(input: AgentInput, line: string, program: string): AgentAnswer {
  const writes = shellWrites(line);
  if (writes.length === 0) return NOTHING;
  const ground = groundAt(input.cwd, program);
  if (!ground) return NOTHING;
  for (const write of writes) {
    const refused = shellRefusal(ground, input.cwd, write);
    if (refused !== undefined) return answer(refused);
  }
  return NOTHING;
}

function shellRefusal(ground: Ground, cwd: string, { path, how }: ShellWrite): string | undefined {
  const { workspace, snapshot, program } = ground;
  for (const one of isPattern(path) ? matching(ground, cwd, path) : [pathIn(workspace, resolve(cwd, path))]) {
    if (one === undefined) continue;
    const before = readBytes(join(workspace.repository.workRoot, one));
    const refused = documentRefusal({ path: one, before, after: how === 'remove' ? undefined : 'unseen' }, snapshot, program);
    if (refused !== undefined && (before !== undefined || how === 'write')) return refused;
    const held = how === 'remove' ? heldBelow(ground, one) : undefined;
    if (held !== undefined) return `${one} holds ${held}, which is kept: what is finished or given up is moved by ${program} archive, or stays`;
  }
  return undefined;
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Protected documents that a pattern of the shell names. */
function matching(ground: Ground, cwd: string, pattern: string): string[] {
  const shape = new RegExp(`^${pattern.replaceAll(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  return protectedIn(ground).filter((path) => shape.test(relative(cwd, join(ground.workspace.repository.workRoot, path))) || shape.test(join(ground.workspace.repository.workRoot, path)));
}

function protectedIn({ workspace, snapshot }: Ground): string[] {
  const { specs, archived } = workspace.settings.layout;
  const frozen = snapshot.tree.list(specs).flatMap(({ path, type }) => (type === 'directory' && path !== archived && pinOf(snapshot.document(`${path}/tasks.md`)) !== undefined ? [`${path}/spec.md`, `${path}/tasks.md`, ...snapshot.tree.list(`${path}/nodes`).map((entry) => entry.path)] : []));
  return [...frozen, ...snapshot.tree.list(archived).map(({ path }) => path)];
}

/** A protected document in a folder that would go. */
function heldBelow(ground: Ground, folder: string): string | undefined {
  const { specs } = ground.workspace.settings.layout;
  if (!specs.startsWith(`${folder}/`) && folder !== specs && !folder.startsWith(`${specs}/`)) return undefined;
  return protectedIn(ground).find((path) => path === folder || path.startsWith(`${folder}/`));
}

function answer(refused: string | undefined): AgentAnswer {
  return refused === undefined ? NOTHING : denying(refused);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
