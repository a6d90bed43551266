import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, in seconds of a processor: begun among the last, one core would work on them while the other waits. */
const LONGEST = ['scripts', 'editors/same-findings', 'attacks/one-commit', 'attacks/histories', 'attacks/honest', 'verbs/change', 'steer/forks', 'submit/cycle', 'journey/journey', 'steer/context', 'attacks/refs', 'merge/driver', 'check/audit-cache', 'agents/cycle'];

/** Runs the files that take longest first, whether or not an earlier run has told. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
