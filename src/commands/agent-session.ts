import { join } from 'node:path';
import { now } from '../git/clock.ts';
import { placeOf } from '../git/find-repository.ts';
import { forgetSession } from '../git/session-marks.ts';
import { recallTold } from '../git/told-recall.ts';
import { BUILD } from '../version.ts';
import { telling, THRESHOLDS, type AgentAnswer, type AgentInput } from './agent-event.ts';

/** At the start of a session, and when a compaction has taken its memory: where the work stands, as facts. Loads little where nothing has changed since the last time. */
export async function sessionStart(input: AgentInput, program: string): Promise<AgentAnswer> {
  const place = placeOf(input.cwd);
  // What was said of a full context is to be said again of the next one.
  if (place && input.session !== undefined && input.raw.source !== 'resume') forgetSession({ statePath: (...names) => join(place.commonDir, 'treework', ...names) }, input.session, THRESHOLDS, input.transcript);
  const listener = { engine: `${BUILD} ${now().slice(0, 10)}`, program, cwd: input.cwd };
  const known = place && (await recallTold(place, listener));
  if (known !== undefined) return telling('SessionStart', known);
  const { sessionDigest } = await import('./agent-digest.ts');
  return telling('SessionStart', await sessionDigest(input, listener));
}
