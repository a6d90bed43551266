/** File times move in steps: what is younger than this may change and keep its time. */
const STEP_MS = 100;
/** Where times have no fractions, they may move in steps of two seconds. */
const COARSE_STEP_MS = 2_500;

/** The steps, in milliseconds, in which a file system keeps times like these. */
export function stepOf(times: ArrayLike<number>): number {
  return Array.from(times).every((one) => one % 1000 === 0) ? COARSE_STEP_MS : STEP_MS;
}
