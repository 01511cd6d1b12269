import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Origin } from './origin.ts';
import type { OriginOptions } from './origin-options.ts';

let clock: ManualClock;
let states: string[];
beforeEach(() => {
  clock = new ManualClock();
  states = [];
});

const TIMEOUT_MS = 1_000;
const made = (options: OriginOptions = {}) =>
  new Origin('database', options, { clock, onStateChange: (state) => states.push(state) });
const never = () => new Promise<never>(() => undefined);
/** What became of a call: its value, or the code or message of its error. */
const told = (call: Promise<unknown>) =>
  call.catch((error: unknown) =>
    error instanceof Error ? ((error as { code?: string }).code ?? error.message) : error,
  );
const run = (origin: Origin, work: (signal: AbortSignal) => unknown, timeoutMs = TIMEOUT_MS) =>
  told(origin.run('k:1', timeoutMs, work));

/** Works that go on until they are told to end. */
function gate() {
  const waiting: (() => void)[] = [];
  let most = 0;
  let now = 0;
  return {
    work: async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => waiting.push(resolve));
      now--;
      return 'done';
    },
    open: () => waiting.shift()?.(),
    most: () => most,
  };
}

describe('an origin', () => {
  test('gives what the work gives, promise or not', async () => {
    expect(await run(made(), () => 1)).toBe(1);
    expect(await run(made(), async () => null)).toBe(null);
  });

  test('gives what a thenable resolves with first, and throws what it throws', async () => {
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
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
    'passes on what is thrown as it is: %s',
    async (thrown) => {
      const caught: unknown[] = [];
      const work = () => {
        throw thrown;
      };
      const origin = made();
      await origin.run('k', TIMEOUT_MS, work).catch((error: unknown) => caught.push(error));
      await origin.run('k', TIMEOUT_MS, () => Promise.reject(thrown)).catch((error: unknown) => caught.push(error));
      expect(caught).toEqual([thrown, thrown]);
      expect(caught[0]).toBe(thrown);
    },
  );

  test('says when a call begins, right before it does and not while it waits', async () => {
    const origin = made({ concurrency: 1 });
    const first = gate();
    const order: string[] = [];
    const call = (name: string, work: () => unknown) =>
      origin.run(
        name,
        TIMEOUT_MS,
        () => {
          order.push(`${name} works`);
          return work();
        },
        () => {
          order.push(`${name} begins`);
          queueMicrotask(() => order.push(`after ${name}`));
        },
      );
    const calls = [call('1', first.work), call('2', () => 2)];
    await clock.settle();
    expect(order).toEqual(['1 begins', '1 works', 'after 1']);
    first.open();
    await Promise.all(calls);
    expect(order.slice(3, 5)).toEqual(['2 begins', '2 works']);
  });

  test('a call whose beginning fails is not made, and no fault of the origin', async () => {
    const origin = made({ breaker: { failures: 1 } });
    let asked = 0;
    const begin = () => {
      throw new Error('no stamp');
    };
    expect(await told(origin.run('k', TIMEOUT_MS, () => ++asked, begin))).toBe('no stamp');
    expect([asked, origin.state]).toEqual([0, { breaker: 'closed', running: 0, waiting: 0, abandoned: 0 }]);
  });

  test.each<[OriginOptions, string]>([
    [{ concurrency: 0 }, 'concurrency: expected a whole number from 1, got 0'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ maxWaiting: -1 }, 'maxWaiting: expected a whole number from 0'],
    [{ maxWaiting: Number.NaN }, 'maxWaiting'],
    [{ waitAtMost: -1 }, 'waitAtMost'],
    [{ breaker: { failures: 0 } }, 'breaker.failures'],
    [{ concurency: 4 } as never, 'origin database: expected some of concurrency, maxWaiting'],
    [{ breaker: { after: 4 } } as never, 'breaker: expected some of failures, openFor'],
    [{ isFailure: 'all' as never }, 'isFailure: expected a function'],
    [{ breaker: { openFor: '1w' as never } }, 'breaker.openFor'],
  ])('refuses %j, naming the option', (options, message) => {
    expect(() => made(options)).toThrow(message);
  });
});

describe('calls at a time', () => {
  test('so many run, so many wait in turn, more are refused at once', async () => {
    const origin = made({ concurrency: 2, maxWaiting: 3 });
    const { work, open, most } = gate();
    const calls = Array.from({ length: 8 }, () => run(origin, work, 60_000));
    await clock.settle();
    expect(origin.state).toMatchObject({ running: 2, waiting: 3 });
    expect(await Promise.all(calls.slice(5))).toEqual(Array(3).fill('ORIGIN_OVERLOADED'));
    for (let i = 0; i < 5; i++) {
      open();
      await clock.settle();
    }
    expect(await Promise.all(calls.slice(0, 5))).toEqual(Array(5).fill('done'));
    expect([most(), origin.state.running]).toEqual([2, 0]);
  });

  test('the refusal names the origin and how many wait', async () => {
    const origin = made({ concurrency: 1, maxWaiting: 0 });
    const stuck = run(origin, never);
    await expect(origin.run('k', 1, () => 1)).rejects.toThrow(
      'the origin database is busy: expected fewer than 0 loads waiting; try again in a second',
    );
    expect(await clock.through(stuck)).toBe('LOAD_TIMED_OUT');
  });

  test('one that has waited too long is refused, told how long it waited, and never made', async () => {
    const origin = made({ concurrency: 1, waitAtMost: '300ms' });
    const { work, open } = gate();
    const running = run(origin, work, 60_000);
    let asked = 0;
    const waiting = origin.run('k', TIMEOUT_MS, () => ++asked);
    await expect(clock.through(waiting)).rejects.toThrow(
      'the origin database is busy: expected a turn within 300 ms, waited 300 ms',
    );
    expect([clock.monotonic(), origin.state.waiting]).toEqual([300, 0]);
    open();
    expect([await running, await run(origin, () => 'next'), asked]).toEqual(['done', 'next', 0]);
  });

  test('what it waited for its turn does not count into its timeout', async () => {
    const origin = made({ concurrency: 1 });
    const { work, open } = gate();
    const running = run(origin, work, 60_000);
    let signal: AbortSignal | undefined;
    const waiting = run(origin, (given) => {
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

  test('a call that got its turn in time is not refused while it runs', async () => {
    const origin = made({ concurrency: 1, waitAtMost: 100 });
    const [first, second] = [gate(), gate()];
    const running = run(origin, first.work, 60_000);
    const waiting = run(origin, second.work, 60_000);
    first.open();
    await running;
    await clock.advance(1_000);
    second.open();
    expect(await waiting).toBe('done');
  });
});

describe('a call that takes too long', () => {
  test('fails with the reason its signal carries, whatever the work makes of it', async () => {
    let signal: AbortSignal | undefined;
    const call = made().run('k:1', TIMEOUT_MS, (given) => {
      signal = given;
      return new Promise((_, reject) => given.addEventListener('abort', () => reject(new Error('mine'))));
    });
    await expect(clock.through(call)).rejects.toThrow('loading k:1: expected an answer within 1000 ms');
    await call.catch((error: unknown) => expect(signal?.reason).toBe(error));
    expect(clock.monotonic()).toBe(1_000);
  });

  test('one that ends in time is never aborted, and leaves nothing waiting for time', async () => {
    let signal: AbortSignal | undefined;
    await run(made(), (given) => {
      signal = given;
    });
    await clock.advance(5_000);
    expect(signal?.aborted).toBe(false);
  });

  test('frees its place at once, though it ignores its signal', async () => {
    const origin = made({ concurrency: 2 });
    const stuck = [run(origin, never), run(origin, never)];
    const next = run(origin, () => 'next');
    expect(await clock.through(Promise.all(stuck))).toEqual(['LOAD_TIMED_OUT', 'LOAD_TIMED_OUT']);
    expect([await next, origin.state.abandoned]).toEqual(['next', 2]);
  });

  test('counts as abandoned until it ends, and its late error is nobody’s', async () => {
    const origin = made({ concurrency: 1 });
    let end: ((error: Error) => void) | undefined;
    const stuck = run(origin, () => new Promise((_, reject) => (end = reject)));
    expect(await clock.through(stuck)).toBe('LOAD_TIMED_OUT');
    expect(origin.state.abandoned).toBe(1);
    end?.(new Error('late'));
    await clock.settle();
    expect(origin.state.abandoned).toBe(0);
  });

  test('calls that ignore their signal can’t pile up, and those that never end don’t close the origin for ever', async () => {
    const origin = made({ concurrency: 1, breaker: false });
    for (let i = 0; i < 4; i++) expect(await clock.through(run(origin, never))).toBe('LOAD_TIMED_OUT');
    await expect(origin.run('k', TIMEOUT_MS, () => 1)).rejects.toThrow(
      'expected fewer than 4 calls that were given up and go on (a load must end when its signal is aborted)',
    );
    await clock.advance(10 * TIMEOUT_MS);
    expect(await run(origin, () => 'asked')).toBe('asked');
  });
});

describe('a call that nobody wants any more', () => {
  test('leaves the queue with the signal’s reason, unmade', async () => {
    const origin = made({ concurrency: 1 });
    const running = run(origin, never);
    const unwanted = new AbortController();
    let asked = 0;
    const waiting = told(origin.run('k', TIMEOUT_MS, () => ++asked, undefined, unwanted.signal));
    unwanted.abort('gone');
    expect([await waiting, origin.state.waiting]).toEqual(['gone', 0]);
    await clock.through(running);
    expect(asked).toBe(0);
  });

  test('is given up while it runs, which says nothing of the origin', async () => {
    const origin = made({ concurrency: 1, breaker: { failures: 1 } });
    const unwanted = new AbortController();
    let signal: AbortSignal | undefined;
    const work = (given: AbortSignal) => {
      signal = given;
      return never();
    };
    const running = told(origin.run('k', TIMEOUT_MS, work, undefined, unwanted.signal));
    unwanted.abort('gone');
    expect([await running, signal?.reason, origin.state.breaker]).toEqual(['gone', 'gone', 'closed']);
    expect(await run(origin, () => 'next')).toBe('next');
  });

  test('is not made when that was known before', async () => {
    let asked = 0;
    expect(await told(made().run('k', 1, () => ++asked, undefined, AbortSignal.abort('gone')))).toBe('gone');
    expect(asked).toBe(0);
  });
});
