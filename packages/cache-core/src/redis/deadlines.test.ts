import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from './deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);

/**
 * A command that is never answered, and the time of its rejection, one turn of the event loop (here 1 ms) after the
 * limit. `arrive` simulates arriving bytes.
 */
function unanswered(deadlines: Deadlines) {
  const began = performance.now();
  let arrivedAt = Number.NEGATIVE_INFINITY;
  let givenUpAfterMs: number | null = null;
  const onEnd = () => {
    givenUpAfterMs = Math.floor(performance.now() - began);
  };
  deadlines.run(never, { onEnd, lastArrivalAt: () => arrivedAt }).catch(() => undefined);
  return {
    arrive: () => {
      arrivedAt = performance.now();
    },
    givenUpAfterMs: () => givenUpAfterMs,
  };
}

test('given no bytes, a command times out after its time', async () => {
  const silent = unanswered(new Deadlines('the server', 50));
  await vi.advanceTimersByTimeAsync(49);
  expect(silent.givenUpAfterMs()).toBeNull();
  await vi.advanceTimersByTimeAsync(2);
  expect(silent.givenUpAfterMs()).toBe(51);
});

test('given arriving bytes, a command times out its time after the last of them', async () => {
  const deadlines = new Deadlines('the server', 50);
  const sending = unanswered(deadlines);
  for (let ms = 0; ms < 200; ms += 40) {
    await vi.advanceTimersByTimeAsync(40);
    sending.arrive();
  }
  const silent = unanswered(deadlines);
  await vi.advanceTimersByTimeAsync(49);
  expect([sending.givenUpAfterMs(), silent.givenUpAfterMs()]).toEqual([null, null]);
  await vi.advanceTimersByTimeAsync(2);
  expect([sending.givenUpAfterMs(), silent.givenUpAfterMs()]).toEqual([251, 51]);
});

test('given endless bytes, a command times out after ten times its time', async () => {
  const endless = unanswered(new Deadlines('the server', 50));
  for (let ms = 0; ms < 600; ms += 10) {
    endless.arrive();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(endless.givenUpAfterMs()).toBe(501);
});
