import type { Finding } from '../tree/finding.ts';
import type { Tree } from '../tree/tree.ts';
import { baselineIn, Remaining, type BaselineEntry } from '../workflow/baseline.ts';
import { fingerprintOf } from '../workflow/fingerprint.ts';

/** What findings are sifted by. */
export interface Sieve {
  readonly after: Tree;
  /** Where step rules read the baseline: a commit does not extend its own. */
  readonly policy: Tree;
  /** Whether everything was judged, so that what was not found is not there. */
  readonly isWhole: boolean;
  partOf(finding: Finding): 'protected' | 'state' | 'step';
  readonly counting?: (findings: readonly Finding[]) => readonly Finding[];
}

export interface Sifted {
  readonly findings: readonly Finding[];
  readonly known: readonly Finding[];
  readonly removable: readonly BaselineEntry[];
  readonly leftOut: number;
}

/**
 * Tells findings that count from those that the baseline knows and those that `counting` leaves out.
 * What protected rules say always counts. Reads nothing where nothing was found.
 */
export function sift(found: readonly Finding[], sieve: Sieve): Sifted {
  if (found.length === 0 && !sieve.isWhole) return { findings: [], known: [], removable: [], leftOut: 0 };
  const counted = counting(found, sieve);
  const own = new Remaining(baselineIn(sieve.after));
  const policy = sieve.policy.id === sieve.after.id ? own : new Remaining(found.some((finding) => sieve.partOf(finding) === 'step') ? baselineIn(sieve.policy) : []);
  const known = new Set(counted.filter((finding) => {
    const part = sieve.partOf(finding);
    const baseline = part === 'step' ? policy : own;
    return part !== 'protected' && !baseline.isEmpty && baseline.take(fingerprintOf(finding, sieve.after.read(finding.path)?.toString()));
  }));
  return {
    findings: counted.filter((finding) => !known.has(finding)),
    known: [...known],
    removable: sieve.isWhole ? own.rest() : [],
    leftOut: found.length - counted.length,
  };
}

function counting(found: readonly Finding[], { partOf, counting: select }: Sieve): readonly Finding[] {
  if (!select) return found;
  const state = found.filter((finding) => partOf(finding) === 'state');
  const counted = new Set(select(state));
  return found.filter((finding) => partOf(finding) !== 'state' || counted.has(finding));
}
