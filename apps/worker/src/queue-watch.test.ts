import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchConsumption } from './queue-watch.ts';
import { openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(() => world.close());

test('invalidations that no worker consumes are logged once, and once more when the queue moves again', async () => {
  const { queues, logger, deps } = world;
  const queue = queues.of('invalidation');
  await queue.add('apply-event', {}, { jobId: 'old', timestamp: Date.now() - 60_000 });
  await queue.add('apply-event', {}, { jobId: 'new' });
  const isReady = () => deps.producer.status === 'ready';
  const watching = watchConsumption({ queues, logger, isReady, lookEveryMs: 20 });
  watching.start();
  const logged = () => world.lines.filter((line) => line.startsWith('invalidations are'));
  await expect.poll(logged, POLL).toHaveLength(1);
  expect(logged()[0]).toMatch(/^invalidations are behind: the oldest has waited \d+ s; /);
  await queue.remove('old');
  await expect.poll(logged, POLL).toHaveLength(2);
  expect(logged()[1]).toBe('invalidations are no longer behind');
  await watching.stop();
});

test('the health file gets newer only while invalidations are consumed', async () => {
  const { queues, logger, deps } = world;
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  const healthFile = join(directory, 'healthy');
  const queue = queues.of('invalidation');
  await queue.add('apply-event', {}, { jobId: 'old', timestamp: Date.now() - 60_000 });
  const isReady = () => deps.producer.status === 'ready';
  const watching = watchConsumption({ queues, logger, isReady, lookEveryMs: 20, healthFile });
  watching.start();
  await expect.poll(() => world.lines.some((line) => line.startsWith('invalidations are behind')), POLL).toBe(true);
  expect(existsSync(healthFile)).toBe(false);
  await queue.remove('old');
  await expect.poll(() => existsSync(healthFile), POLL).toBe(true);
  const writtenAt = () => statSync(healthFile).mtimeMs;
  const first = writtenAt();
  await expect.poll(writtenAt, POLL).toBeGreaterThan(first);
  await watching.stop();
  rmSync(directory, { recursive: true });
});
