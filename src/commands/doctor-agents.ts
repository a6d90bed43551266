import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { settingsOf, WORKSPACE_PATH } from '../documents/settings.ts';
import { fireEvent } from '../git/agent-probe.ts';
import { pathExists, readBytes } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import type { Repository } from '../git/repository.ts';
import { eventsOf } from './agent-event.ts';
import { placedState } from './init-agents.ts';
import type { Invocation } from './command.ts';

interface AgentDiagnosis {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  readonly mend?: string;
}

/** Of a repository where agents' files were placed: whether they are this version's, and whether each hook of the client answers. */
export function agentDiagnoses(repository: Repository, { program }: Pick<Invocation, 'program'>): AgentDiagnosis[] {
  const state = placedState(repository);
  if (!state) return [];
  const fresh: AgentDiagnosis = state.stale.length === 0
    ? { name: 'agents', ok: true, message: `${state.kept.length === 0 ? 'skills and agents as this version has them' : `skills and agents as this version has them; changed here: ${state.kept.join(', ')}`}` }
    : { name: 'agents', ok: false, message: `Unexpected older ${state.stale.slice(0, 3).join(', ')}${state.stale.length > 3 ? ', …' : ''}, expected this version's skills and agents`, mend: `${program} init --agents` };
  return [fresh, ...hookDiagnoses(repository, program)];
}

function hookDiagnoses(repository: Repository, program: string): AgentDiagnosis[] {
  const hook = join(repository.workRoot, 'node_modules/treework/dist/hooks/agent.cjs');
  if (!pathExists(hook)) return [{ name: 'agent-hooks', ok: false, message: `Unexpected absence of ${hook}, expected the program of the client's hooks: they are silent`, mend: 'npm install --save-dev treework' }];
  const events = eventsOf(packageFile('hooks/hooks.json'));
  const dead = events.flatMap((event) => {
    const fault = faultOf(repository, hook, event);
    return fault === undefined ? [] : [{ name: 'agent-hooks', ok: false, message: `Unexpected answer of the client's hook ${event} (${fault}), expected it to be alive`, mend: `npm install, then ${program} doctor` }];
  });
  return dead.length > 0 ? dead : [{ name: 'agent-hooks', ok: true, message: `the client's hooks answer: ${events.join(', ')}` }];
}

/** What is wrong with the answer to a synthetic event; a guard has to refuse an edit of the archive. */
function faultOf(repository: Repository, hook: string, event: string): string | undefined {
  const workspace = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  const { archived } = settingsOf(workspace ? parseDocument(workspace).data : undefined).layout;
  const isGuard = event === 'PreToolUse';
  // Each such that nothing is written: no session, no transcript, nothing to stop.
  const facts = isGuard ? { tool_name: 'Write', tool_input: { file_path: join(repository.workRoot, archived, 'PROBE-1', 'spec.md'), content: 'x' } } : { session_id: '', stop_hook_active: true, tool_input: {} };
  const { status, stdout, stderr } = event === 'PreCompact' ? fireEvent(repository, hook, event, { ...facts, cwd: join(repository.workRoot, '.git') }) : fireEvent(repository, hook, event, facts);
  if (status !== 0) return stderr.trim().split('\n')[0] || `exit ${String(status)}`;
  if (isGuard && !stdout.includes('"deny"')) return 'it lets an edit of the archive through';
  return undefined;
}
