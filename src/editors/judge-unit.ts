import { check } from '../check/engine.ts';
import { rules } from '../rules/index.generated.ts';
import type { Finding } from '../tree/finding.ts';
import type { Desk, Location } from './desk.ts';

/** What is judged together: a ticket's folder, or one document outside tickets. */
export interface Unit {
  readonly root: string;
  /** A folder or file, from the root. */
  readonly scope: string;
}

/** The unit of a file; undefined where nothing governs it. */
export function unitOf(desk: Desk, location: Location): Unit | undefined {
  const place = desk.view(desk.uriOf(location))?.place;
  return place && { root: location.root, scope: place.folder ?? location.path };
}

/** Everything the engine has to say of a unit as the editor holds it: its state, and the step from the next commit's parents. */
export function judgeUnit(desk: Desk, { root, scope }: Unit, program: string): readonly Finding[] {
  const { before, after } = desk.step(root, scope);
  return check({ before, after }, { rules, scope: [scope], program }).findings;
}
