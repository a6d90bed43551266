import { defineConfig } from 'vitest/config';

/** Tests in a real browser: `npm run test:browser` runs them where there is one. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    reporters: ['default'],
  },
});
