import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/harness/longest-first.ts';

// No test uses the network, and reading more certificates takes node as long as starting.
delete process.env['NODE_EXTRA_CA_CERTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Generous, so that a busy machine fails nothing: a test that hangs is ended, a slow one is not.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Most tests wait for git and for the program that they start.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/harness/count-reporter.ts'],
  },
});
