import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockedMs, fuzz, MAX_BLOCKED_MS } from './fuzz.ts';

function busy(ms: number): void {
  const before = process.threadCpuUsage();
  for (let used = 0; used < ms; ) {
    const { user, system } = process.threadCpuUsage(before);
    used = (user + system) / 1_000;
  }
}

test('control: a parser that keeps the event loop too long for one input is reported', async () => {
  const run = (input: unknown) => void (input === 7 && busy(MAX_BLOCKED_MS + 50));
  await expect(fuzz({ name: 'slow', inputs: fc.constantFrom(1, 7), run }, 50)).rejects.toThrow('at most 250 ms');
});

test('a pause of the process during one try is not the cost of its input', async () => {
  let tries = 0;
  const run = () => void (tries++ === 0 && busy(MAX_BLOCKED_MS + 50));
  expect(await fuzz({ name: 'paused', inputs: fc.constant(7), run }, 5)).toBeLessThanOrEqual(MAX_BLOCKED_MS);
  expect(tries).toBe(6);
});

test('control: a parser that throws is reported', async () => {
  const run = (input: unknown) => {
    if (input === 7) throw new Error('cannot parse 7');
  };
  await expect(fuzz({ name: 'throws', inputs: fc.constantFrom(1, 7), run }, 50)).rejects.toThrow('cannot parse 7');
});

test('work that yields keeps the event loop only between two turns, promises alone do not yield', async () => {
  const inTurns = () =>
    blockedMs(async () => {
      for (let turn = 0; turn < 10; turn++) {
        busy(10);
        await nextTurn();
      }
    });
  expect(Math.min(await inTurns(), await inTurns(), await inTurns())).toBeLessThan(80);
  const inPromises = await blockedMs(async () => {
    for (let turn = 0; turn < 10; turn++) {
      busy(10);
      await Promise.resolve();
    }
  });
  expect(inPromises).toBeGreaterThan(95);
});
