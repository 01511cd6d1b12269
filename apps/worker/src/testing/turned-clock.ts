import { type Clock, systemClock } from '@pilotlight/cache-core';

/** A clock whose wall time the test advances; leases and sleeps use real time. */
export class TurnedClock implements Clock {
  aheadMs = 0;
  now = () => systemClock.now() + this.aheadMs;
  monotonic = () => systemClock.monotonic();
  sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal);
  /** The clock of a worker's sweeps: all times are advanced, and sleeps return at once. */
  readonly ofSweeps: Clock = {
    now: this.now,
    monotonic: () => systemClock.monotonic() + this.aheadMs,
    sleep: async () => undefined,
  };
}
