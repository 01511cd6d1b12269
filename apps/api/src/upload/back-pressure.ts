import type { Logger } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { TryLater } from '../errors.ts';

export interface BackPressureOptions {
  /** How long the oldest file has waited to be read, in ms. */
  readonly waitMs: () => Promise<number>;
  /** Above it uploads are refused, until it is at most half of it. */
  readonly mostMs: number;
  readonly logger: Logger;
  /** Monotonic, in ms. */
  readonly now?: () => number;
}

/** However many uploads come, it is measured once in so long. */
const MEASURED_EVERY_MS = 1_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Refuses uploads with 503 and `Retry-After` while workers are too far behind, rather than let the queue grow without an
 * end. What it takes to know is asked for at most once a second.
 */
export class BackPressure {
  readonly #options: BackPressureOptions;
  readonly #now: () => number;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | null = null;
  #waitMs = 0;
  #isRefusing = false;

  constructor(options: BackPressureOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Stands before a request's body is read. */
  readonly refuse: RequestHandler = (_request, _response, next) => {
    this.admit().then(() => next(), next);
  };

  /** Rejects with `TryLater` while too much waits. */
  async admit(): Promise<void> {
    if (this.#now() - this.#measuredAt >= MEASURED_EVERY_MS) {
      this.#measuring ??= this.#measure().finally(() => {
        this.#measuring = null;
      });
      await this.#measuring;
    }
    if (!this.#isRefusing) return;
    const { mostMs } = this.#options;
    const tooMuchMs = Math.min(this.#waitMs - mostMs / 2, LONGEST_RETRY_AFTER_MS);
    throw new TryLater(
      'INGEST_BEHIND',
      `the oldest upload has waited ${seconds(this.#waitMs)} s to be read, expected at most ${seconds(mostMs)} s; nothing was kept, send it again later, or start more workers`,
      tooMuchMs,
    );
  }

  async #measure(): Promise<void> {
    const { waitMs, mostMs, logger } = this.#options;
    try {
      this.#waitMs = await waitMs();
    } catch (error) {
      // Whatever is away, the upload itself will find out and say; this keeps to what it knew.
      logger.debug({ err: error }, 'how far workers are behind is not known');
    }
    this.#measuredAt = this.#now();
    const isRefusing = this.#waitMs > (this.#isRefusing ? mostMs / 2 : mostMs);
    if (isRefusing === this.#isRefusing) return;
    this.#isRefusing = isRefusing;
    if (isRefusing) logger.warn(`uploads are refused: the oldest has waited ${seconds(this.#waitMs)} s to be read`);
    else logger.info('uploads are taken again');
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
