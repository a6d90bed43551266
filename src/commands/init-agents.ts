import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { settingsOf, WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { applyEdits } from '../git/apply.ts';
import { directoriesIn, pathExists, readBytes, readText } from '../git/files.ts';
import { ignoreHere } from '../git/ignored-files.ts';
import { packageFile, packageFiles } from '../git/package-file.ts';
import type { Repository } from '../git/repository.ts';
import { agentsSection, withAgentsSection, withoutAgentsSection } from '../render/agents-section.ts';
import type { Edit } from '../tree/edit.ts';
import { withDenied, withHooks, type ClientSettings } from '../workflow/client-settings.ts';
import { planPlaced, type Placed, type PlacedPlan } from '../workflow/placed-files.ts';
import { pinOf } from '../workflow/ticket.ts';

/** What was placed, and how it was then. */
const MANIFEST = '.treework/agents.json';
const SETTINGS = '.claude/settings.json';
/** This clone's own, which git ignores: which specs are frozen differs from branch to branch. */
const LOCAL_SETTINGS = '.claude/settings.local.json';
const PROGRAM = '${CLAUDE_PROJECT_DIR}/node_modules/treework/dist/hooks/agent.cjs';

export interface AgentsPlan {
  readonly edits: Edit[];
  readonly notes: string[];
}

/** Places skills, agents, the client's hooks and what every agent is to know; what people changed stays theirs. */
export function planAgents(repository: Repository, program: string, { worktrees = false } = {}): AgentsPlan {
  const root = repository.workRoot;
  const { edits, kept, placed } = placedPlan(repository);
  const notes = kept.map((path) => `${path} was changed here and is left as it is`);
  const all: Edit[] = [...edits];
  const add = (path: string, content: string) => {
    const there = readBytes(join(root, path));
    if (there?.toString() !== content) all.push({ path, content, expect: there ?? 'absent' });
  };
  add(MANIFEST, `${JSON.stringify({ files: placed }, null, 2)}\n`);
  add('AGENTS.md', withAgentsSection(readText(join(root, 'AGENTS.md')), agentsSection(program)));
  const shipped = JSON.parse(packageFile('hooks/hooks.json').replaceAll('${CLAUDE_PLUGIN_ROOT}/dist/hooks/agent.cjs', PROGRAM)) as { hooks: NonNullable<ClientSettings['hooks']> };
  // It takes the place of what the client does itself: only who asks for it has it.
  const hooks = worktrees ? { ...shipped.hooks, WorktreeCreate: [{ hooks: [{ type: 'command', command: 'node', args: [PROGRAM, 'WorktreeCreate'], timeout: 600 }] }] } : shipped.hooks;
  add(SETTINGS, edited(root, SETTINGS, (settings) => withHooks(settings, hooks)));
  const claude = readText(join(root, 'CLAUDE.md'));
  if (claude !== undefined && !/@AGENTS\.md/.test(claude)) notes.push('CLAUDE.md keeps AGENTS.md from being read by Claude Code: add a line @AGENTS.md to it');
  if (!pathExists(join(root, 'node_modules/treework'))) notes.push('the client’s hooks run node_modules/treework: npm install --save-dev treework (without it they are silent, and git’s hooks judge alone)');
  return { edits: all, notes };
}

/** How the placed copies stand against what this version ships; undefined where nothing was placed. */
export function placedState(repository: Repository): PlacedPlan | undefined {
  return pathExists(join(repository.workRoot, MANIFEST)) ? placedPlan(repository) : undefined;
}

/** What the tools of the client are denied in this clone: written anew where agents' files were placed. undefined where nothing changes. */
function deniedEdit(repository: Repository): Edit | undefined {
  const root = repository.workRoot;
  if (!pathExists(join(root, MANIFEST))) return undefined;
  const workspace = readBytes(join(root, WORKSPACE_PATH));
  const { specs, archived } = settingsOf(workspace ? parseDocument(workspace).data : undefined).layout;
  const frozen = directoriesIn(join(root, specs)).flatMap((id) => (pinIn(readBytes(join(root, specs, id, 'tasks.md'))) === undefined ? [] : [`${specs}/${id}/spec.md`]));
  const there = readBytes(join(root, LOCAL_SETTINGS));
  const content = edited(root, LOCAL_SETTINGS, (settings) => withDenied(settings, specs, archived, frozen.sort()));
  return there?.toString() === content ? undefined : { path: LOCAL_SETTINGS, content, expect: there ?? 'absent' };
}

/** Takes away what was placed and nobody changed, our hooks and the part of AGENTS.md. */
export function unplaced(repository: Repository): AgentsPlan {
  const root = repository.workRoot;
  const before = readText(join(root, MANIFEST));
  if (before === undefined) return { edits: [], notes: [] };
  const files = (parsed(before, MANIFEST) as { files?: Placed }).files ?? {};
  const { edits } = planPlaced(new Map(), files, (path) => readBytes(join(root, path)));
  const gone = new Set(edits.map(({ path }) => path));
  const all: Edit[] = [...edits, { path: MANIFEST, content: undefined, expect: Buffer.from(before) }];
  const change = (path: string, now: (text: string) => string) => {
    const there = readText(join(root, path));
    const text = there === undefined ? undefined : now(there);
    if (there !== undefined && text !== there) all.push({ path, content: text === '' || text?.trim() === '{}' ? undefined : text, expect: Buffer.from(there) });
  };
  change('AGENTS.md', withoutAgentsSection);
  change(SETTINGS, () => edited(root, SETTINGS, (settings) => withoutEmpty(withHooks(settings, {}))));
  return { edits: all, notes: Object.keys(files).filter((path) => !gone.has(path) && pathExists(join(root, path))).map((path) => `${path} stays, since it was changed here`) };
}

function withoutEmpty({ hooks, ...settings }: ClientSettings): ClientSettings {
  return Object.keys(hooks ?? {}).length === 0 ? settings : { ...settings, ...(hooks && { hooks }) };
}

function pinIn(tasks: Buffer | undefined): string | undefined {
  return tasks && pinOf({ data: parseDocument(tasks).data ?? {} });
}

/** Brings the denials of this clone up to date; the file is this clone's own, and git is told so. */
export function keepDenied(repository: Repository): boolean {
  const edit = deniedEdit(repository);
  if (!edit) return false;
  ignoreHere(repository, LOCAL_SETTINGS);
  applyEdits(repository, [edit]);
  return true;
}

function placedPlan(repository: Repository): PlacedPlan {
  const root = repository.workRoot;
  const before = readText(join(root, MANIFEST));
  const known = before === undefined ? {} : ((parsed(before, MANIFEST) as { files?: Placed }).files ?? {});
  return planPlaced(shippedFiles(), known, (path) => readBytes(join(root, path)));
}

/** One source, two places: clients read the one or the other. */
function shippedFiles(): Map<string, string> {
  const skills = packageFiles('skills').flatMap((name) => ['.claude', '.agents'].map((client) => [`${client}/${name}`, packageFile(name)] as const));
  const agents = packageFiles('agents').map((name) => [`.claude/${name}`, packageFile(name)] as const);
  return new Map([...skills, ...agents].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function edited(root: string, path: string, edit: (settings: ClientSettings) => ClientSettings): string {
  const text = readText(join(root, path));
  const now = edit(text === undefined || text.trim() === '' ? {} : (parsed(text, path) as ClientSettings));
  return `${JSON.stringify(now, null, /^\t/m.test(text ?? '') ? '\t' : 2)}\n`;
}

function parsed(text: string, path: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new UserError(`Unexpected ${path} that is no JSON object, expected the client's settings`, `mend ${path}; nothing was written`, 'settings-invalid');
}
