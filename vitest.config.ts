import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** A suite whose file name ends so belongs to `npm run prove`; every other one to `npm test`. */
const PROOFS = '**/*.prove.test.ts';
const PROOFS_THAT_WAIT = [
  'apps/**/*.prove.test.ts',
  'test/observability/*.prove.test.ts',
  'packages/cache-core/src/postgres/*.prove.test.ts',
  'packages/cache-core/src/{redis/redis-log-assumptions,redis/redis-followers,keyv/two-processes}.prove.test.ts',
  'packages/origin/src/{ingest-threads/ingest-threads,log-store/postgres/{statement-limit,search-budget}}.prove.test.ts',
  'packages/{stack/src/postgres/start-postgres,recipes/src/smart-invalidation,runtime/src/queue-connection}.prove.test.ts',
  'packages/origin/src/log-store/elasticsearch/*.prove.test.ts',
  'packages/stack/src/elasticsearch/*.prove.test.ts',
  'test/console/*.prove.test.ts',
  'test/faults/own-writes.prove.test.ts',
  'test/flow/{access,changes-by-sql,redis-dies,retention,database-dies,real-logs,restore,elasticsearch,killed-workers,smart-invalidation,command-line}.prove.test.ts',
] as const;
const IMAGE = 'test/compose/image.docker.prove.test.ts';
const UNIT = ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'bench/src/**/*.test.ts'];
/** Suites that watch or change the state of their process: each has a process of its own. */
const ISOLATED = [
  'scripts/**/*.test.ts',
  'packages/simulation/src/simulate.test.ts',
  'packages/runtime/src/tracing/register-sdk.test.ts',
  // It counts the timers of its process.
  'packages/origin/src/log-store/search-budget.test.ts',
];
/** Suites whose services are missing; the command that runs them reports them. */
const LEFT_OUT = (process.env['PILOTLIGHT_SUITES_LEFT_OUT'] ?? '').split(',').filter((file) => file !== '');
const IOREDIS_5 = fileURLToPath(new URL('packages/cache-core/node_modules/ioredis-5/built/index.js', import.meta.url));

// Far above what any test takes: limits for what hangs, not measurements.
const LIMIT_MS = { poll: 60_000, unit: 180_000, system: 300_000, proof: 600_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    // More than the two cores that are expected: many suites wait for servers.
    maxWorkers: 4,
    // A test that asserts nothing fails: it cannot hold what its name says.
    expect: {
      requireAssertions: true,
      // A test waits for a state: this is the limit for one that never comes.
      poll: { timeout: LIMIT_MS.poll, interval: 20 },
    },
    // The second needs the services of the first.
    globalSetup: [
      'packages/stack/src/testing/vitest-global-setup.ts',
      'packages/origin/src/testing/vitest-global-setup.ts',
    ],
    setupFiles: ['packages/origin/src/testing/seed-random-tests.ts'],
    projects: [
      {
        extends: true,
        test: {
          // The files share one process each worker. A process of its own costs a file 0.4 s of processor time without
          // services and 1 s with them, mostly to import the same modules again.
          name: 'unit',
          isolate: false,
          include: UNIT,
          exclude: ['**/node_modules/**', PROOFS, ...ISOLATED, ...LEFT_OUT],
          testTimeout: LIMIT_MS.unit,
          hookTimeout: LIMIT_MS.unit,
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ISOLATED,
          exclude: ['**/node_modules/**', PROOFS, ...LEFT_OUT],
          testTimeout: LIMIT_MS.unit,
          hookTimeout: LIMIT_MS.unit,
        },
      },
      {
        extends: true,
        test: {
          // Several processes each, so they come after the others; they wait for states, so they may run beside each other.
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', PROOFS, ...LEFT_OUT],
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
          exclude: ['**/node_modules/**', ...LEFT_OUT, ...PROOFS_THAT_WAIT, IMAGE],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: LIMIT_MS.proof,
          hookTimeout: LIMIT_MS.proof,
        },
      },
      {
        extends: true,
        test: {
          // It takes longer than any other, half of it for downloads and disks. vitest starts the projects of one group in the order
          // of their names.
          name: 'image',
          include: [IMAGE],
          exclude: ['**/node_modules/**', ...LEFT_OUT],
          testTimeout: LIMIT_MS.proof,
          hookTimeout: LIMIT_MS.proof,
        },
      },
      {
        extends: true,
        test: {
          // These mostly wait for a server or for a limit, so they run beside each other.
          name: 'prove-beside',
          include: [...PROOFS_THAT_WAIT],
          exclude: ['**/node_modules/**', ...LEFT_OUT],
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
          exclude: ['**/node_modules/**', PROOFS, ...LEFT_OUT],
          testTimeout: LIMIT_MS.proof,
          hookTimeout: LIMIT_MS.proof,
        },
      },
    ],
  },
});
