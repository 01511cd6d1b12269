import type { IBackoff } from 'cockatiel';
import { type Clock, resultWithin } from '../model/clock.ts';
import { type Duration, toMs } from '../model/duration.ts';
import { InvalidationPending } from '../model/errors.ts';
import { ChangeListener, RETRIES } from './change-listener.ts';
import { type HandOverOptions, handOver, handOverLost } from './hand-over.ts';
import { restore } from './install.ts';
import { rowsOf } from './pool.ts';
import type { ResolvedWatch } from './table-options.ts';
import { inTransaction } from './transaction.ts';

export type ChangeRelayOptions = HandOverOptions & ResolvedWatch;

/** How long a stop hands over committed changes. */
const DRAIN_MS = 5_000;
/** How often the triggers are checked, and changes that may be lost are looked for. */
const UPKEEP_EVERY_MS = 60_000;
/** The pause of a caller that waits while another process hands over, or while the log is unreachable. */
const AGAIN_MS = 50;

/** Hands changes over while a process runs: at each hint, and by polling. */
export class ChangeRelay {
  readonly #options: ChangeRelayOptions;
  readonly #clock: Clock;
  readonly #listener: ChangeListener;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #wake = new AbortController();
  /** The hand-over in progress, or the last one: one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #upkeepAt = Number.NEGATIVE_INFINITY;
  /** The pause before the next try; null if the last one succeeded. */
  #backoff: IBackoff<unknown> | null = null;

  constructor(options: ChangeRelayOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#listener = new ChangeListener({ ...options, onHint: () => this.#wake.abort() });
    this.#running = this.#run();
  }

  async caughtUp(within: Duration = '10s'): Promise<void> {
    const withinMs = toMs('within', within);
    const deadline = this.#clock.monotonic() + withinMs;
    const upTo = await this.#lastId();
    for (;;) {
      const count = await this.#inTurn(() => handOver(this.#options)).catch(ifPending);
      if (!(await this.#hasUpTo(upTo))) return;
      if (this.#clock.monotonic() >= deadline)
        throw new InvalidationPending(`handing over changes of watched tables within ${withinMs} ms`);
      if (count === null) await this.#clock.sleep(AGAIN_MS);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    const drained = this.#running.then(() => this.#drain());
    await resultWithin(Promise.all([this.#listener.stop(), drained]), DRAIN_MS, this.#clock);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      const waitMs = await this.#next();
      // A stop aborts it too.
      await this.#clock.sleep(waitMs, this.#wake.signal);
    }
  }

  /** Hands over once. Returns the pause until the next time, in ms. */
  async #next(): Promise<number> {
    const { logger, pollMs } = this.#options;
    try {
      await this.#inTurn(() => this.#upkeepIfDue());
      const count = await this.#inTurn(() => handOver(this.#options));
      if (this.#backoff !== null) logger.info('changes of watched tables are handed over again');
      this.#backoff = null;
      // Polls of a fleet are spread out.
      return count !== null && count > 0 ? 0 : pollMs * (0.75 + Math.random() / 2);
    } catch (error) {
      if (this.#backoff === null) logger.warn(`changes of watched tables wait in their outbox: ${String(error)}`);
      // After an outage another server may have taken over.
      this.#upkeepAt = Number.NEGATIVE_INFINITY;
      this.#backoff = this.#backoff?.next(undefined) ?? RETRIES.next();
      // A hint does not shorten this pause.
      await this.#clock.sleep(this.#backoff.duration, this.#stop.signal);
      return 0;
    }
  }

  async #upkeepIfDue(): Promise<void> {
    if (this.#clock.monotonic() < this.#upkeepAt) return;
    await this.#restore();
    // Another process that reads at this moment does not look for them.
    if (await handOverLost(this.#options)) this.#upkeepAt = this.#clock.monotonic() + UPKEEP_EVERY_MS;
  }

  /** A table whose triggers cannot be created must not keep the changes of the others waiting. */
  async #restore(): Promise<void> {
    const { pool, installation, logger } = this.#options;
    try {
      for (const table of await restore(pool, this.#options, installation))
        logger.warn(`the triggers of ${table} were missing or disabled: installed again, invalidating the whole table`);
    } catch (error) {
      logger.error({ err: error }, 'changes of a watched table are not noted: its triggers are missing or disabled');
    }
  }

  async #drain(): Promise<void> {
    const deadline = this.#clock.monotonic() + DRAIN_MS;
    try {
      // Other programs may write faster than this ends.
      while (((await this.#inTurn(() => handOver(this.#options))) ?? 0) > 0)
        if (this.#clock.monotonic() >= deadline) return;
    } catch (error) {
      this.#options.logger.warn(`changes of watched tables stay in their outbox: ${String(error)}`);
    }
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined); // the caller of this turn handles it
    return await result;
  }

  async #lastId(): Promise<string> {
    const { pool, schema } = this.#options;
    const query = `SELECT coalesce(max(id), 0)::text AS id FROM ${schema}.changes WHERE table_name = ANY ($1::text[])`;
    return await inTransaction(pool, {}, async (client) => {
      return (await rowsOf<{ id: string }>(client, query, [this.#tables()]))[0]?.id ?? '0';
    });
  }

  async #hasUpTo(id: string): Promise<boolean> {
    const { pool, schema } = this.#options;
    const query = `SELECT FROM ${schema}.changes WHERE id <= $1::bigint AND table_name = ANY ($2::text[]) LIMIT 1`;
    const rows = await inTransaction(pool, {}, (client) => rowsOf(client, query, [id, this.#tables()]));
    return rows.length > 0;
  }

  #tables(): string[] {
    return [...this.#options.installation.tables.keys()];
  }
}

function ifPending(error: unknown): null {
  if (error instanceof InvalidationPending) return null;
  throw error;
}
