import type { DomainEvent } from '@pilotlight/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ingestFile } from './handlers/ingest-file.ts';
import { LONG_READS } from './limits.ts';
import { LongReads } from './long-reads.ts';
import { registerWorker } from './register-worker.ts';
import { jobsOf, openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(() => world.close());

/** The real handler, except that giants are long from the start and finish only once they are released. */
function startReading(
  giants: ReadonlySet<string>,
  released: Promise<void>,
): { held: Set<string>; close(): Promise<void> } {
  const { origin } = world.deps;
  const held = new Set<string>();
  const handler = ingestFile({
    logger: world.logger,
    longReads: new LongReads(LONG_READS),
    origin: {
      files: origin.files,
      outbox: origin.outbox,
      ingest: async (id, options = {}) => {
        if (giants.has(id)) {
          options.onProgress?.({ lines: LONG_READS.lines, bytes: 0 });
          options.signal?.throwIfAborted();
          held.add(id);
          await released;
        }
        return await origin.ingest(id, options);
      },
    },
  });
  const never = async () => ({});
  const worker = registerWorker('ingest', {
    connection: world.deps.workerConnection,
    handlers: {
      'ingest-file': handler,
      'apply-event': never,
      'purge-file': never,
      'warm-keys': never,
      'audit-freshness': never,
      'sweep-outbox': never,
      'apply-retention': never,
    },
    logger: world.logger,
    invalidateEverything: async () => undefined,
  });
  return { held, close: () => worker.close() };
}

const hand = (event: DomainEvent) => world.queues.add('ingest-file', { event }, { jobId: `${event.id}-ingest-file` });
const statusOf = async (id: string) => (await world.deps.origin.files.get(id))?.status;
const jobsIn = async (state: string) => {
  const jobs = [...(await jobsOf(world.queues, 'ingest')).values()];
  const states = await Promise.all(jobs.map((job) => job.getState()));
  return states.filter((each) => each === state).length;
};

test('a small file behind five long ones is indexed before any of them, and then all of them are', async () => {
  const giants = await Promise.all(Array.from({ length: 5 }, () => world.upload('a giant, for this test\n')));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const reading = startReading(new Set(giants.map(({ file }) => file.id)), released);
  for (const { event } of giants) await hand(event);
  await expect.poll(() => reading.held.size, POLL).toBe(LONG_READS.max);
  const small = await world.upload('2024-05-01 10:00:00 INFO app: small\n');
  await hand(small.event);
  await expect.poll(() => statusOf(small.file.id), POLL).toBe('indexed');
  await expect.poll(() => jobsIn('completed'), POLL).toBe(1);
  await expect.poll(() => jobsIn('delayed'), POLL).toBe(5 - LONG_READS.max);
  expect(reading.held.size).toBe(LONG_READS.max);

  release();
  for (const { file } of giants)
    await expect.poll(() => statusOf(file.id), { ...POLL, timeout: 50_000 }).toBe('indexed');
  const jobs = [...(await jobsOf(world.queues, 'ingest')).values()];
  expect(Math.max(...jobs.map((job) => job.attemptsMade))).toBe(1);
  await reading.close();
});
