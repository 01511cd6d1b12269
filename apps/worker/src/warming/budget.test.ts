import { connectProducer } from '@pilotlight/runtime';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LocalBudget } from '../testing/local-budget.ts';
import { collectingLogger } from '../testing/open-test-world.ts';
import { SharedBudget } from './budget.ts';

const KEY = 'budget';
const LIMITS = { share: 0.25, maxMs: 7_500 };

let server: RunningRedis;
let client: Redis;

beforeAll(async () => {
  server = await startRedis({ role: 'queue' });
  client = new Redis(server.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined); // a test stops the server
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await client.flushall();
});

/** Returns the budget of another worker process. */
async function openBudget(): Promise<SharedBudget> {
  const { logger } = collectingLogger();
  const connection = connectProducer(server.url, logger);
  onTestFinished(() => connection.disconnect());
  await vi.waitFor(() => expect(connection.status).toBe('ready'), { timeout: 20_000, interval: 10 });
  return new SharedBudget({ ...LIMITS, connection, key: KEY, logger });
}

/** Returns the script's stored state: the rest of the budget and its time. */
async function noted(): Promise<{ left: number; at: number }> {
  const { left, at } = await client.hgetall(KEY);
  return { left: Number(left), at: Number(at) };
}

test('time that one worker has spent is not available to the others', async () => {
  const [first, second, third] = await Promise.all([openBudget(), openBudget(), openBudget()]);
  expect(await Promise.all([first.isSpent(), second.isSpent(), third.isSpent()])).toEqual([false, false, false]);
  // More than the budget refills during the test.
  await first.spend(LIMITS.maxMs + 3_600_000);
  expect(await Promise.all([first.isSpent(), second.isSpent(), third.isSpent()])).toEqual([true, true, true]);
});

test('for any spending, the script’s budget equals the model’s', async () => {
  const budget = await openBudget();
  // Usually less than the budget, occasionally far more.
  const spentMs = fc.oneof({ weight: 9, arbitrary: fc.nat(99) }, { weight: 1, arbitrary: fc.nat(9_999) });
  let now = 0;
  let model: LocalBudget | null = null;
  for (const [turn, ms] of fc.sample(spentMs, 300).entries()) {
    await budget.spend(ms);
    const { left, at } = await noted();
    now = at;
    model ??= new LocalBudget({ ...LIMITS, clock: { monotonic: () => now } });
    await model.spend(ms);
    expect(Math.abs(left - model.leftMs), `turn ${turn}, after ${ms} ms`).toBeLessThan(1);
  }
});

test('the key expires once the budget is full again', async () => {
  const budget = await openBudget();
  await budget.spend(1_000);
  const ttl = await client.pttl(KEY);
  expect(ttl).toBeGreaterThan(0);
  expect(ttl).toBeLessThanOrEqual(1_000 + 1_000 / LIMITS.share);
});

test('with the queue server unreachable, the budget counts as spent and later charges the time used', async () => {
  const budget = await openBudget();
  expect(await budget.isSpent()).toBe(false);
  server.kill('SIGKILL');
  await budget.spend(LIMITS.maxMs + 3_600_000);
  expect(await budget.isSpent()).toBe(true);
  await server.restart();
  await vi.waitFor(
    async () => {
      await budget.isSpent();
      expect((await noted()).left).toBeLessThan(0);
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(await budget.isSpent()).toBe(true);
});

test('with a share of 0, the budget is always spent', async () => {
  const { logger } = collectingLogger();
  const connection = connectProducer(server.url, logger);
  onTestFinished(() => connection.disconnect());
  expect(await new SharedBudget({ ...LIMITS, share: 0, connection, key: KEY, logger }).isSpent()).toBe(true);
});
