import { join, resolve } from 'node:path';
import { placeOf } from '../documents/place.ts';
import { judgeFile } from '../editors/judge-file.ts';
import { pathExists, readBytes, realFolder, relativeToRoot } from '../git/files.ts';
import { textReport } from '../render/text-report.ts';
import { NOTHING, telling, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** After an edit: what is to be said of the document as it stands now, and what the checks of WORKSPACE.md say of the file. Nothing, where nothing is wrong. */
export async function afterEdit(input: AgentInput, program: string): Promise<AgentAnswer> {
  const { file_path: named, notebook_path: notebook } = (input.raw.tool_input ?? {}) as { file_path?: unknown; notebook_path?: unknown };
  const given = named ?? notebook;
  if (typeof given !== 'string') return NOTHING;
  const file = resolve(input.cwd, given);
  if (!pathExists(file)) return NOTHING;
  const workspace = openWorkspace({ cwd: realFolder(join(file, '..')), program });
  const path = relativeToRoot(workspace.repository.workRoot, input.cwd, file);
  if (path === undefined) return NOTHING;
  const said = [documentFindings(workspace, path, file, program)];
  if (workspace.settings.gates.afterEdit.length > 0) said.push(await (await import('./edit-checks.ts')).editChecked(workspace, path, input.session, program));
  return telling('PostToolUse', said.filter((text) => text !== '').join('\n\n'));
}

/** '' where nothing is wrong, and for what nobody governs. */
function documentFindings({ repository: { workRoot }, settings }: Workspace, path: string, file: string, program: string): string {
  const content = placeOf(settings, path) ? readBytes(file) : undefined;
  const findings = content === undefined ? [] : judgeFile(workRoot, path, content, program);
  return findings.length === 0 ? '' : textReport({ findings, waived: [], documents: 1, tickets: 0 }, () => content?.toString(), false);
}
