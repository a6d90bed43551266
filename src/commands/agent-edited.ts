import { join, resolve } from 'node:path';
import { placeOf } from '../documents/place.ts';
import { judgeFile } from '../editors/judge-file.ts';
import { pathExists, readBytes, realFolder, relativeToRoot } from '../git/files.ts';
import { textReport } from '../render/text-report.ts';
import { NOTHING, telling, type AgentAnswer, type AgentInput } from './agent-event.ts';
import { openWorkspace } from './workspace.ts';

/** After an edit: what is to be said of the document as it stands now. Nothing, where nothing is wrong. */
export function afterEdit(input: AgentInput, program: string): AgentAnswer {
  const given = (input.raw.tool_input ?? {}) as { file_path?: unknown };
  if (typeof given.file_path !== 'string') return NOTHING;
  const file = resolve(input.cwd, given.file_path);
  if (!pathExists(file)) return NOTHING;
  const { repository: { workRoot }, settings } = openWorkspace({ cwd: realFolder(join(file, '..')), program });
  const path = relativeToRoot(workRoot, input.cwd, file);
  const content = path === undefined || !placeOf(settings, path) ? undefined : readBytes(file);
  if (path === undefined || content === undefined) return NOTHING;
  const findings = judgeFile(workRoot, path, content, program);
  if (findings.length === 0) return NOTHING;
  return telling('PostToolUse', textReport({ findings, waived: [], documents: 1, tickets: 0 }, () => content.toString(), false));
}
