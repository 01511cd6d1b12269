import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import type { CacheManager } from '@pilotlight/cache-core';
import type { ProcessReport } from '@pilotlight/contracts';
import pTimeout from 'p-timeout';
import manifest from '../../package.json' with { type: 'json' };
import type { Logger } from '../logger.ts';
import { Since } from '../since.ts';
import type { ProcessRegister } from './process-register.ts';

const REPORT_EVERY_MS = 2_000;
const LEAVE_WITHIN_MS = 300;

export interface ProcessReporterOptions {
  readonly kind: ProcessReport['kind'];
  readonly register: ProcessRegister;
  readonly cache: CacheManager;
  readonly logger: Logger;
}

/** Reports the state of this process to the register every two seconds, until it closes. A report that fails is followed by the next one. */
export class ProcessReporter {
  readonly id = randomUUID();
  readonly #options: ProcessReporterOptions;
  readonly #since = new Since();
  #timer: NodeJS.Timeout | null = null;
  #reporting: Promise<void> = Promise.resolve();

  constructor(options: ProcessReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#report(), REPORT_EVERY_MS).unref();
    this.#report();
  }

  /** Leaves the register. A process that cannot reach it is listed as silent for an hour. */
  async close(): Promise<void> {
    const { register, logger } = this.#options;
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    const leaving = this.#reporting.then(() => register.leave(this.id));
    await pTimeout(leaving, { milliseconds: LEAVE_WITHIN_MS }).catch((error: unknown) =>
      logger.debug({ err: error }, 'could not leave the register of processes'),
    );
  }

  #report(): void {
    const { register, logger } = this.#options;
    this.#reporting = register
      .report(this.id, this.#state())
      .catch((error: unknown) => logger.debug({ err: error }, 'could not report the state of this process'));
  }

  #state(): ProcessReport {
    const { kind, cache } = this.#options;
    const { follower, origins } = cache.internal.engine;
    const { epoch, asOf } = follower.stamp;
    const { state, lag, isTrusted } = follower;
    return {
      kind,
      host: hostname(),
      pid: process.pid,
      version: manifest.version,
      log: { state, since: this.#since.note('log', state), epoch, applied: asOf, lag, trusted: isTrusted },
      origins: Object.fromEntries(
        [...origins].map(([name, { permits, state: loads }]) => [
          name,
          { permits, ...loads, breaker_since: this.#since.note(`breaker ${name}`, loads.breaker) },
        ]),
      ),
    };
  }
}
