import { join } from 'node:path';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { readObjects } from '../git/objects.ts';
import type { ShownRun } from '../render/gate-report.ts';
import { write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import type { Workspace } from './workspace.ts';
import { trunkOf } from './workspace-text.ts';

/** The value below which coverage must not fall, in the repository like everything that counts. */
const RATCHET_PATH = '.treework/coverage.json';

/**
 * What coverage has to reach, in percent. A ratchet holds the value of the work tree or of the trunk,
 * whichever is higher, so that no branch lowers its own bar; undefined while there is none.
 */
export function leastCoverage(workspace: Workspace): number | undefined {
  const { leastCoverage: said } = workspace.settings.gates;
  if (said !== 'ratchet') return said;
  const kept = [percentIn(readBytes(join(workspace.repository.workRoot, RATCHET_PATH))), ...trunkValues(workspace)].filter((one) => one !== undefined);
  return kept.length === 0 ? undefined : Math.max(...kept);
}

/** Writes what coverage has reached, if that is more than what is kept. */
export function raiseCoverage(workspace: Workspace, invocation: Invocation, runs: readonly ShownRun[]): Outcome {
  if (workspace.settings.gates.leastCoverage !== 'ratchet') throw new UserError('Unexpected --raise, expected coverage: ratchet in WORKSPACE.md', 'put gates: {coverage: ratchet} into WORKSPACE.md first', 'not-a-ratchet');
  const measured = runs.filter(({ gate }) => gate === 'coverage').map(({ coverage }) => coverage?.percent);
  // Of several projects the one that is least covered counts: that one must not fall.
  const percent = measured.length > 0 && measured.every((one) => typeof one === 'number') ? Math.floor(Math.min(...measured) * 100) / 100 : undefined;
  if (percent === undefined) throw new UserError('Unexpected absence of a measured coverage, expected a number to keep', `${invocation.program} gate coverage says what is missing`, 'no-coverage');
  const path = join(workspace.repository.workRoot, RATCHET_PATH);
  const old = readBytes(path);
  const least = leastCoverage(workspace);
  if (least !== undefined && percent <= least) return { exit: 0, json: { percent, least, changed: [] }, text: `coverage is ${percent} %, not more than the ${least} % that are kept: nothing to write` };
  return write(workspace, invocation, {
    edits: [{ path: RATCHET_PATH, content: `{ "percent": ${percent} }\n`, expect: old ?? 'absent' }],
    message: `test: coverage does not fall below ${percent} %`,
    description: 'commit the value that coverage must not fall below',
    done: `coverage must not fall below ${percent} %${least === undefined ? '' : ` (it was ${least} %)`}`,
    json: { percent, least: least ?? null },
  });
}

function trunkValues({ repository, settings }: Workspace): (number | undefined)[] {
  const trunk = settings.trunk ?? trunkOf(repository);
  const tips = [`refs/heads/${trunk}`, `refs/remotes/origin/${trunk}`].filter((ref) => repository.commit(ref) !== undefined);
  return readObjects(tips.map((tip) => `${tip}:${RATCHET_PATH}`), repository.options).map((object) => percentIn(object?.content));
}

/** Throws a UserError where the file holds anything else: a broken bar would be none. */
function percentIn(bytes: Buffer | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { percent } = JSON.parse(bytes.toString()) as { percent?: unknown };
    if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent;
  } catch {
    // Said below.
  }
  throw new UserError(`Unexpected content of ${RATCHET_PATH}, expected {"percent": 84.21}`, `mend ${RATCHET_PATH}, or delete it and keep the value anew`, 'coverage-file');
}
