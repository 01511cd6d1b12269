import { expect, test, vi } from 'vitest';
import { Loop } from './loop.ts';
import { collectingLogger } from './testing/open-test-world.ts';

test('a wake starts the next run early, and a wake during a run leads to another run', async () => {
  const { logger } = collectingLogger();
  let runs = 0;
  const loop = new Loop('test', logger, async () => {
    runs++;
    if (runs === 2) loop.wake();
    return 3_600_000;
  });
  loop.start();
  await vi.waitFor(() => expect(runs).toBe(1), { timeout: 30_000 });
  loop.wake();
  await vi.waitFor(() => expect(runs).toBe(3), { timeout: 30_000 });
  await loop.stop();
  loop.wake();
  expect(runs).toBe(3);
});

test('a task that fails is logged and runs again', async () => {
  const { logger, lines } = collectingLogger();
  let runs = 0;
  const loop = new Loop('test', logger, async () => {
    if (++runs === 1) throw new Error('a bug');
    return 3_600_000;
  });
  loop.start();
  await vi.waitFor(() => expect(lines).toEqual(['test failed']), { timeout: 30_000 });
  loop.wake();
  await vi.waitFor(() => expect(runs).toBe(2), { timeout: 30_000 });
  await loop.stop();
});

test('stop waits for the current run', async () => {
  const { logger } = collectingLogger();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isDone = false;
  const loop = new Loop('test', logger, async () => {
    await released;
    isDone = true;
    return 0;
  });
  loop.start();
  const stopped = loop.stop();
  release();
  await stopped;
  expect(isDone).toBe(true);
});
