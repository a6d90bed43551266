import { defineConfig } from 'vitest/config';

/** Whole sessions of the real client, against a server on this machine: `npm run test:client` runs them where there is one. */
export default defineConfig({
  test: {
    include: ['test/client/**/*.client.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
    reporters: ['default'],
  },
});
