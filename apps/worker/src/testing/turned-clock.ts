import { type Clock, systemClock } from '@pilotlight/cache-core';

/** Wall time that the test turns on; leases and sleeps stay real. */
export class TurnedClock implements Clock {
  aheadMs = 0;
  now = () => systemClock.now() + this.aheadMs;
  monotonic = () => systemClock.monotonic();
  sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal);
  /** Of a worker's sweeps: all of it is turned, and nothing waits. */
  readonly ofSweeps: Clock = {
    now: this.now,
    monotonic: () => systemClock.monotonic() + this.aheadMs,
    sleep: async () => undefined,
  };
}
