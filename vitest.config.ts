import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** A suite whose file name ends so belongs to `npm run prove`; every other one to `npm test`. */
const PROOFS = '**/*.prove.test.ts';
const IOREDIS_5 = fileURLToPath(new URL('packages/cache-core/node_modules/ioredis-5/built/index.js', import.meta.url));

// Far above what any test takes: limits for what hangs, not measurements.
const LIMIT_MS = { poll: 30_000, unit: 60_000, system: 120_000, proof: 300_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // A test that asserts nothing fails: it cannot hold what its name says.
    expect: {
      requireAssertions: true,
      // A test waits for a state: this is the limit for one that never comes.
      poll: { timeout: LIMIT_MS.poll, interval: 20 },
    },
    // The second needs the services of the first.
    globalSetup: ['packages/stack/src/vitest-global-setup.ts', 'packages/origin/src/testing/vitest-global-setup.ts'],
    setupFiles: ['packages/origin/src/testing/seed-random-tests.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/node_modules/**', PROOFS],
          testTimeout: LIMIT_MS.unit,
          hookTimeout: LIMIT_MS.unit,
        },
      },
      {
        extends: true,
        test: {
          // Several processes each, so one file at a time, after the others.
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', PROOFS],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: LIMIT_MS.system,
          hookTimeout: LIMIT_MS.system,
        },
      },
      {
        extends: true,
        test: {
          // Each file may use all of the machine, so one at a time.
          name: 'prove',
          include: [PROOFS],
          fileParallelism: false,
          testTimeout: LIMIT_MS.proof,
          hookTimeout: LIMIT_MS.proof,
        },
      },
      {
        extends: true,
        // The package accepts both majors of ioredis; everything else runs on the newer one.
        resolve: { alias: [{ find: /^ioredis$/, replacement: IOREDIS_5 }] },
        test: {
          name: 'ioredis-5',
          include: ['packages/cache-core/src/redis/*.test.ts'],
          exclude: ['**/node_modules/**', PROOFS],
          sequence: { groupOrder: 1 },
          testTimeout: LIMIT_MS.proof,
          hookTimeout: LIMIT_MS.proof,
        },
      },
    ],
  },
});
