/** Time as a port, so that the same engine runs under a simulated clock. */
export interface Clock {
  /** Returns the wall-clock time in milliseconds since 1970. Freshness depends on it; correctness does not. */
  now(): number;
  /** Returns milliseconds that never decrease and also advance while the process is frozen. Leases use it. */
  monotonic(): number;
  /** Resolves after `ms` (24 days at most), or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `act` after `ms` (24 days at most), unless the returned function is called first. Optional: without it the cache uses
   * `sleep`, which needs a promise and a signal for each load.
   */
  timer?(ms: number, act: () => void): () => void;
}

/** One moment on both clocks. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

const MAX_TIMER_MS = 2 ** 31 - 1;
const { hrtime } = process;
/** The reason of signals that only end a timer. Without one, `abort` makes an exception with a stack trace for each call. */
const STOPPED = 'stopped';

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // The clock of `performance.now()`, which takes 10 ns longer: each hit in memory reads it.
  monotonic: () => {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1_000 + nanoseconds / 1_000_000;
  },
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      // A longer timer would overflow and fire at once.
      const timer = setTimeout(done, Math.min(ms, MAX_TIMER_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
  timer: (ms, act) => {
    const timer = setTimeout(act, Math.min(ms, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Calls `act` once after `ms` by a clock, unless the returned function is called first. */
export function startTimer(clock: Clock, ms: number, act: () => void): () => void {
  if (clock.timer) return clock.timer(ms, act);
  const stopped = new AbortController();
  void clock.sleep(ms, stopped.signal).then(() => {
    if (!stopped.signal.aborted) act();
  });
  return () => stopped.abort(STOPPED);
}

/**
 * Waits for a promise for at most `ms` by a clock.
 *
 * @returns its result, or undefined if the time was over first; the promise is not cancelled then
 */
export async function resultWithin<Result>(
  promise: Promise<Result>,
  ms: number,
  clock: Clock,
): Promise<Result | undefined> {
  const settled = new AbortController();
  try {
    return await Promise.race([promise, clock.sleep(ms, settled.signal).then(() => undefined)]);
  } finally {
    settled.abort();
  }
}
