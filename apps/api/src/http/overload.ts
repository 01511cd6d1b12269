import { OriginOverloaded } from '@pilotlight/cache-core';
import type { RequestHandler } from 'express';
import { TryLater } from '../errors.ts';

/** After the origin has refused a load, this process may refuse reads early for this time, in ms. */
const LASTS_MS = 1_000;
/** The event loop is behind if a timer is due for longer than this, in ms. */
const BEHIND_MS = 50;
const TICK_MS = 20;
const RETRY_AFTER_MS = 1_000;

/**
 * Distinguishes an overload from a burst: the origin has refused a load within the last second, and the event loop is behind. Then the
 * requests that wait in the sockets would be answered late, whatever their answer is.
 */
export class Overload {
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #dueAt: number;

  /** @param now monotonic, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#dueAt = now() + TICK_MS;
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  get isOn(): boolean {
    const now = this.#now();
    return now - this.#refusedAt < LASTS_MS && now - this.#dueAt > BEHIND_MS;
  }

  /** Notes the error of a read; only `OriginOverloaded` counts. */
  note(error: unknown): void {
    if (error instanceof OriginOverloaded) this.#refusedAt = this.#now();
  }

  /** Called by the timer: the event loop has come round. */
  tick(): void {
    this.#dueAt = this.#now() + TICK_MS;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Refuses reads with 503 during an overload, before their input is parsed. Hits of the fast path do not come here. */
export function shedReads(overload: Pick<Overload, 'isOn'>): RequestHandler {
  return (_request, _response, next) => {
    if (!overload.isOn) return next();
    const detail =
      'expected the api to keep up with the requests, but the origin refuses loads and this process is behind; send fewer reads that are not cached';
    throw new TryLater('ORIGIN_OVERLOADED', detail, RETRY_AFTER_MS);
  };
}
