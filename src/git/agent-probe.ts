import { join } from 'node:path';
import { childProcess } from './child-process.ts';
import type { Repository } from './repository.ts';

/** What a program of the client's hooks answered to an event that nobody had. */
export interface ProbeAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 20_000;

/** Fires one event as the client would: the program with the event's name, the facts on standard input. */
export function fireEvent(repository: Repository, program: string, event: string, facts: Readonly<Record<string, unknown>>): ProbeAnswer {
  const cwd = repository.workRoot;
  const { status, stdout, stderr, error } = childProcess().spawnSync(process.execPath, [join(program), event], { cwd, input: JSON.stringify({ cwd, hook_event_name: event, session_id: 'treework-doctor', ...facts }), timeout: PATIENCE_MS, windowsHide: true });
  return { status: error ? null : status, stdout: String(stdout ?? ''), stderr: error ? error.message : String(stderr ?? '') };
}
