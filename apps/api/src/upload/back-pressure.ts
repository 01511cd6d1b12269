import { endsWithin, type Logger } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { TryLater } from '../errors.ts';
import { MemoizedCall } from '../http/memoized-call.ts';

export interface BackPressureOptions {
  /** Returns how long the oldest file has waited for a worker, in ms. */
  readonly waitMs: () => Promise<number>;
  /** Uploads are refused once the wait exceeds this, and accepted again once it is at most half of this. */
  readonly maxMs: number;
  readonly logger: Logger;
  /** Monotonic, in ms. */
  readonly now?: () => number;
}

/** The wait is measured at most once per this time, whatever the number of uploads. */
const MEASURED_EVERY_MS = 1_000;
/** An upload waits no longer for a measurement: given a frozen server, the upload itself fails sooner. */
const MEASURED_WITHIN_MS = 500;
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Refuses uploads with 503 and `Retry-After` while workers are too far behind, so that the queue does not grow without bound.
 */
export class BackPressure {
  readonly #options: BackPressureOptions;
  readonly #measuring: MemoizedCall<void>;
  #waitMs = 0;
  #isRefusing = false;

  constructor(options: BackPressureOptions) {
    this.#options = options;
    this.#measuring = new MemoizedCall(() => this.#measure(), MEASURED_EVERY_MS, options.now);
  }

  /** Register it before the middleware that reads the body. */
  readonly refuse: RequestHandler = (_request, _response, next) => {
    this.admit().then(() => next(), next);
  };

  /** Rejects with `TryLater` while the oldest upload has waited too long. */
  async admit(): Promise<void> {
    await endsWithin(MEASURED_WITHIN_MS, this.#measuring.get());
    if (!this.#isRefusing) return;
    const { maxMs } = this.#options;
    const excessMs = Math.min(this.#waitMs - maxMs / 2, MAX_RETRY_AFTER_MS);
    throw new TryLater(
      'INGEST_BEHIND',
      `the oldest upload has waited ${seconds(this.#waitMs)} s for a worker, expected at most ${seconds(maxMs)} s; the upload was discarded: send it again later, or start more workers`,
      excessMs,
    );
  }

  async #measure(): Promise<void> {
    const { waitMs, maxMs, logger } = this.#options;
    try {
      this.#waitMs = await waitMs();
    } catch (error) {
      // The upload itself reports an unreachable server; this keeps the last known wait.
      logger.debug({ err: error }, 'could not measure how long uploads wait for a worker');
    }
    const isRefusing = this.#waitMs > (this.#isRefusing ? maxMs / 2 : maxMs);
    if (isRefusing === this.#isRefusing) return;
    this.#isRefusing = isRefusing;
    if (isRefusing) logger.warn(`refusing uploads: the oldest has waited ${seconds(this.#waitMs)} s for a worker`);
    else logger.info('accepting uploads again');
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
