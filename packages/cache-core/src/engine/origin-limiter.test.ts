import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { OriginLimiter } from './origin-limiter.ts';
import type { OriginLimiterOptions } from './origin-limiter-options.ts';
import { withPermit } from './testing/with-permit.ts';

let clock: ManualClock;
let states: string[];
beforeEach(() => {
  clock = new ManualClock();
  states = [];
});

const TIMEOUT_MS = 1_000;
const made = (options: OriginLimiterOptions = {}) =>
  new OriginLimiter('database', options, { clock, onStateChange: (state) => states.push(state) });
const never = () => new Promise<never>(() => undefined);
/** Returns the value of a call, or the code or message of its error. */
const outcomeOf = (call: Promise<unknown>) =>
  call.catch((error: unknown) =>
    error instanceof Error ? ((error as { code?: string }).code ?? error.message) : error,
  );
const call = (limiter: OriginLimiter, work: (signal: AbortSignal) => unknown, timeoutMs = TIMEOUT_MS, what = 'k:1') =>
  withPermit(limiter, (permit) => permit.run(what, timeoutMs, ({ signal }) => work(signal)));
const run = (limiter: OriginLimiter, work: (signal: AbortSignal) => unknown, timeoutMs = TIMEOUT_MS) =>
  outcomeOf(call(limiter, work, timeoutMs));

/** Work that runs until the gate opens. */
function gate() {
  const waiting: (() => void)[] = [];
  let max = 0;
  let now = 0;
  return {
    work: async () => {
      max = Math.max(max, ++now);
      await new Promise<void>((resolve) => waiting.push(resolve));
      now--;
      return 'done';
    },
    open: () => waiting.shift()?.(),
    max: () => max,
  };
}

describe('a permit', () => {
  test('returns the result of the work, promise or not', async () => {
    expect(await run(made(), () => 1)).toBe(1);
    expect(await run(made(), async () => null)).toBe(null);
  });

  test('given a thenable, returns its first result or its error', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the test needs a thenable
    const twice = { then: (resolve: (value: number) => void) => [resolve(1), resolve(2)] };
    const broken = Object.defineProperty({}, 'then', {
      get: () => {
        throw new Error('broken');
      },
    });
    expect(await run(made(), () => twice)).toBe(1);
    expect(await run(made(), () => broken)).toBe('broken');
  });

  test.each([new Error('no'), 'a text', undefined, null, 42])(
    'rejects with the thrown value unchanged: %s',
    async (thrown) => {
      const caught: unknown[] = [];
      const work = () => {
        throw thrown;
      };
      const limiter = made();
      await call(limiter, work).catch((error: unknown) => caught.push(error));
      await call(limiter, () => Promise.reject(thrown)).catch((error: unknown) => caught.push(error));
      expect(caught).toEqual([thrown, thrown]);
      expect(caught[0]).toBe(thrown);
    },
  );

  test('given a permit that is held, the next caller gets one when it is released', async () => {
    const limiter = made({ concurrency: 1 });
    const first = await limiter.acquire();
    const order: string[] = [];
    const second = limiter.acquire().then((permit) => {
      order.push('granted');
      return permit;
    });
    await clock.settle();
    expect(order).toEqual([]);
    order.push('released');
    first.release();
    await second;
    expect(order).toEqual(['released', 'granted']);
  });

  test('given a holder that makes no call, its permit is free after the release and nothing counts as a failure', async () => {
    const limiter = made({ concurrency: 1, breaker: { failures: 1 } });
    const permit = await limiter.acquire();
    permit.release();
    permit.release();
    await clock.settle();
    expect(limiter.state).toEqual({ breaker: 'closed', running: 0, waiting: 0, abandoned: 0 });
  });

  test('given a breaker that opens after the permit was granted, the call is refused and not made', async () => {
    const limiter = made({ concurrency: 2, breaker: { failures: 1 } });
    const permit = await limiter.acquire();
    await run(limiter, () => Promise.reject(new Error('no')));
    let asked = 0;
    expect(await outcomeOf(permit.run('k', TIMEOUT_MS, () => ++asked))).toBe('ORIGIN_UNAVAILABLE');
    expect(asked).toBe(0);
  });

  test('given a suspended permit, another call runs meanwhile', async () => {
    const limiter = made({ concurrency: 1 });
    const permit = await limiter.acquire();
    permit.suspend();
    expect(await run(limiter, () => 'inner')).toBe('inner');
    permit.resume();
    const waiting = run(limiter, () => 'next');
    await clock.settle();
    expect(limiter.state).toMatchObject({ running: 1, waiting: 1 });
    permit.release();
    expect(await waiting).toBe('next');
  });

  test.each<[OriginLimiterOptions, string]>([
    [{ concurrency: 0 }, 'concurrency: expected a whole number from 1, got 0'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ maxWaiting: -1 }, 'maxWaiting: expected a whole number from 0'],
    [{ maxWaiting: Number.NaN }, 'maxWaiting'],
    [{ waitAtMost: -1 }, 'waitAtMost'],
    [{ maxExpectedWait: -1 }, 'maxExpectedWait'],
    [{ breaker: { failures: 0 } }, 'breaker.failures'],
    [{ concurency: 4 } as never, 'origin database: expected some of concurrency, maxWaiting'],
    [{ breaker: { after: 4 } } as never, 'breaker: expected some of failures, openFor'],
    [{ isFailure: 'all' as never }, 'isFailure: expected a function'],
    [{ breaker: { openFor: '1w' as never } }, 'breaker.openFor'],
  ])('given %j, the limiter is refused and the error names the option', (options, message) => {
    expect(() => made(options)).toThrow(message);
  });
});

describe('concurrency', () => {
  test('calls beyond the concurrency wait in order, calls beyond the queue are refused at once', async () => {
    const limiter = made({ concurrency: 2, maxWaiting: 3 });
    const { work, open, max } = gate();
    const calls = Array.from({ length: 8 }, () => run(limiter, work, 60_000));
    await clock.settle();
    expect(limiter.state).toMatchObject({ running: 2, waiting: 3 });
    expect(await Promise.all(calls.slice(5))).toEqual(Array(3).fill('ORIGIN_OVERLOADED'));
    for (let i = 0; i < 5; i++) {
      open();
      await clock.settle();
    }
    expect(await Promise.all(calls.slice(0, 5))).toEqual(Array(5).fill('done'));
    expect([max(), limiter.state.running]).toEqual([2, 0]);
  });

  test('the refusal names the origin and the length of the queue', async () => {
    const limiter = made({ concurrency: 1, maxWaiting: 0 });
    const stuck = run(limiter, never);
    await expect(call(limiter, () => 1)).rejects.toThrow(
      'the origin database is busy: expected fewer than 0 loads waiting; try again in a second',
    );
    expect(await clock.through(stuck)).toBe('LOAD_TIMED_OUT');
  });

  test('a call that waited too long is refused with its wait, and not made', async () => {
    const limiter = made({ concurrency: 1, waitAtMost: '300ms' });
    const { work, open } = gate();
    const running = run(limiter, work, 60_000);
    let asked = 0;
    const waiting = call(limiter, () => ++asked);
    await expect(clock.through(waiting)).rejects.toThrow(
      'the origin database is busy: expected a permit within 300 ms, waited 300 ms',
    );
    expect([clock.monotonic(), limiter.state.waiting]).toEqual([300, 0]);
    open();
    expect([await running, await run(limiter, () => 'next'), asked]).toEqual(['done', 'next', 0]);
  });

  test('the wait for a permit does not count into the timeout', async () => {
    const limiter = made({ concurrency: 1 });
    const { work, open } = gate();
    const running = run(limiter, work, 60_000);
    let signal: AbortSignal | undefined;
    const waiting = run(limiter, (given) => {
      signal = given;
      return never();
    });
    await clock.advance(900);
    open();
    await running;
    await clock.advance(999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect([await waiting, clock.monotonic()]).toEqual(['LOAD_TIMED_OUT', 1_900]);
  });

  test('a call that got its permit in time is not refused while it runs', async () => {
    const limiter = made({ concurrency: 1, waitAtMost: 100 });
    const [first, second] = [gate(), gate()];
    const running = run(limiter, first.work, 60_000);
    const waiting = run(limiter, second.work, 60_000);
    await clock.settle();
    first.open();
    await running;
    await clock.advance(1_000);
    second.open();
    expect(await waiting).toBe('done');
  });
});

describe('a call that times out', () => {
  test('rejects with the reason of its signal, even if the work rejects with another error', async () => {
    let signal: AbortSignal | undefined;
    const timedOut = call(made(), (given) => {
      signal = given;
      return new Promise((_, reject) => given.addEventListener('abort', () => reject(new Error('mine'))));
    });
    await expect(clock.through(timedOut)).rejects.toThrow('loading k:1: expected an answer within 1000 ms');
    await timedOut.catch((error: unknown) => expect(signal?.reason).toBe(error));
    expect(clock.monotonic()).toBe(1_000);
  });

  test('given a call that ends in time, its signal is never aborted', async () => {
    let signal: AbortSignal | undefined;
    await run(made(), (given) => {
      signal = given;
    });
    await clock.advance(5_000);
    expect(signal?.aborted).toBe(false);
  });

  test('frees its permit at once, even if it ignores its signal', async () => {
    const limiter = made({ concurrency: 2 });
    const stuck = [run(limiter, never), run(limiter, never)];
    const next = run(limiter, () => 'next');
    expect(await clock.through(Promise.all(stuck))).toEqual(['LOAD_TIMED_OUT', 'LOAD_TIMED_OUT']);
    expect([await next, limiter.state.abandoned]).toEqual(['next', 2]);
  });

  test('counts as abandoned until it ends, and its late error is ignored', async () => {
    const limiter = made({ concurrency: 1 });
    let end: ((error: Error) => void) | undefined;
    const stuck = run(limiter, () => new Promise((_, reject) => (end = reject)));
    expect(await clock.through(stuck)).toBe('LOAD_TIMED_OUT');
    expect(limiter.state.abandoned).toBe(1);
    end?.(new Error('late'));
    await clock.settle();
    expect(limiter.state.abandoned).toBe(0);
  });

  test('calls that ignore their signal are bounded, and those that never end count for a limited time', async () => {
    const limiter = made({ concurrency: 1, breaker: false });
    for (let i = 0; i < 4; i++) expect(await clock.through(run(limiter, never))).toBe('LOAD_TIMED_OUT');
    await expect(call(limiter, () => 1)).rejects.toThrow(
      'expected fewer than 4 timed-out calls that still run (a load must end when its signal is aborted)',
    );
    await clock.advance(10 * TIMEOUT_MS);
    expect(await run(limiter, () => 'asked')).toBe('asked');
  });
});
