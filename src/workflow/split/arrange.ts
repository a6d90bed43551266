import { needsOf, type Change, type Histories } from './changes.ts';
import type { Placement } from './place.ts';

/** What of one commit goes into one part, or all of it. */
export interface Piece {
  readonly commit: number;
  readonly changes: readonly Change[];
}

export interface Section {
  readonly name: string;
  /** In the order of the branch. */
  readonly pieces: readonly Piece[];
}

/** A piece that stands higher in the stack than its place is, for what it builds on. */
export interface Moved extends Piece {
  readonly from: string;
  readonly to: string;
  /** What of it builds on which change of a later part. */
  readonly path: string;
  readonly because: Change;
}

/**
 * Parts whose changes can be made in their order: what builds on a change of a later part goes there
 * too, with all that its commit had for the same part, so that a commit is divided only where it spans
 * parts.
 */
export function arrange(histories: Histories, { order, partOf }: Placement): { sections: Section[]; moved: Moved[] } {
  const owners = new Owners();
  const places: { piece: Piece; place: number }[] = [];
  const moved: Moved[] = [];
  for (const [commit, changes] of histories.changes.entries()) {
    const wanted = changes.length === 0 ? [{ place: places.at(-1)?.place ?? 0, changes }] : groupedBy(changes, (change) => order.indexOf(partOf.get(change) as string));
    const settled = wanted.map((group) => {
      const [place, path, because] = leastPlace(group, histories, owners);
      if (because) moved.push({ commit, changes: group.changes, from: order[group.place] as string, to: order[place] as string, path, because });
      return { place, changes: group.changes };
    });
    for (const place of new Set(settled.map((one) => one.place))) {
      const piece = { commit, changes: settled.filter((one) => one.place === place).flatMap((one) => one.changes) };
      places.push({ piece, place });
      for (const change of piece.changes) owners.add(change, place);
    }
  }
  const sections = order.map((name, at) => ({ name, pieces: places.filter(({ place }) => place === at).map(({ piece }) => piece) }));
  return { sections: sections.filter(({ pieces }) => pieces.length > 0), moved };
}

interface Group {
  readonly place: number;
  readonly changes: readonly Change[];
}

function groupedBy(changes: readonly Change[], placeOf: (change: Change) => number): Group[] {
  const places = [...new Set(changes.map(placeOf))].sort((a, b) => a - b);
  return places.map((place) => ({ place, changes: changes.filter((change) => placeOf(change) === place) }));
}

function leastPlace({ place, changes }: Group, histories: Histories, owners: Owners): [number, string, Change | undefined] {
  let [least, path, because]: [number, string, Change | undefined] = [place, '', undefined];
  for (const change of changes) {
    const paths = change.steps.flatMap((step) => [step.path, ...histories.rivalsOf(step.path)]);
    // Which lines it builds on matters only where something of these files stands higher.
    if (!paths.some((one) => owners.highest(one) > least)) continue;
    for (const need of needsOf(change, histories)) {
      const owner = owners.of(need.path, need.step);
      if (owner && owner.place > least) [least, path, because] = [owner.place, need.path, owner.change];
    }
  }
  return [least, path, because];
}

/** Who makes which step of which path, and where. */
class Owners {
  readonly #steps = new Map<string, { change: Change; place: number }[]>();
  readonly #highest = new Map<string, number>();

  add(change: Change, place: number): void {
    for (const { path, step } of change.steps) {
      const steps = this.#steps.get(path) ?? [];
      steps[step] = { change, place };
      this.#steps.set(path, steps);
      this.#highest.set(path, Math.max(place, this.highest(path)));
    }
  }

  of(path: string, step: number): { readonly change: Change; readonly place: number } | undefined {
    return this.#steps.get(path)?.[step];
  }

  highest(path: string): number {
    return this.#highest.get(path) ?? -1;
  }
}
