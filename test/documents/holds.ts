import fc from 'fast-check';
import { vi } from 'vitest';
import { RUNS } from './generators.ts';

const BATCH = 500;

/** Checks a property on RUNS generated cases, or as many as are said, in batches, so that the test runner can breathe between them. */
export async function holds<Cases>(property: fc.IPropertyWithHooks<Cases> | fc.IProperty<Cases>, runs = RUNS): Promise<void> {
  for (let left = runs; left > 0; left -= BATCH) {
    fc.assert(property, { numRuns: Math.min(BATCH, left) });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** For files whose properties may see 100,000 cases. */
export function allowTime(): void {
  vi.setConfig({ testTimeout: 180_000 + RUNS * 100 });
}
