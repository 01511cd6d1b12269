import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { ETAG_CHARS } from '../envelope.ts';
import { InvalidArgument, LoadTimedOut, OriginOverloaded } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import { toToken } from '../selector.ts';

export interface LoadContext {
  /** Aborted when the load has taken too long. */
  readonly signal: AbortSignal;
  /** Names what the answer depends on, so that an invalidation by tag hits it. */
  tag(...tags: string[]): void;
  /** The answer is given to those who wait for it, and kept nowhere. */
  skipStore(): void;
}

/** Asks the origin. Gives any JSON value. */
export type Load<Value = unknown> = (context: LoadContext) => Value | Promise<Value>;

export interface Loaded {
  readonly body: Buffer;
  readonly etag: string;
  readonly tags: readonly string[];
  readonly store: boolean;
  readonly loadMs: number;
}

/** Runs loads, at most so many at a time and so many waiting; each within its time. */
export class Loader {
  readonly #queue: PQueue;
  readonly #maxWaiting: number;
  readonly #clock: Clock;

  constructor(options: { concurrency: number; maxWaiting: number; clock: Clock }) {
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#maxWaiting = options.maxWaiting;
    this.#clock = options.clock;
  }

  /** `onBegin` is called when the load really starts, after any wait for its turn. */
  async run(key: CacheKey, load: Load, timeoutMs: number, onBegin?: () => void): Promise<Loaded> {
    const mustWait = this.#queue.pending >= this.#queue.concurrency;
    if (mustWait && this.#queue.size >= this.#maxWaiting) throw new OriginOverloaded(this.#maxWaiting);
    return await this.#queue.add(() => {
      onBegin?.();
      return this.#within(timeoutMs, key, load);
    });
  }

  async #within(timeoutMs: number, key: CacheKey, load: Load): Promise<Loaded> {
    const began = this.#clock.monotonic();
    const timer = new AbortController();
    const tooLong = new AbortController();
    const tags = new Set<string>();
    let store = true;
    const context: LoadContext = {
      signal: tooLong.signal,
      tag: (...more) => {
        for (const tag of more) {
          toToken({ tag }); // refuses what no invalidation could name
          tags.add(tag);
        }
      },
      skipStore: () => {
        store = false;
      },
    };
    const timedOut = this.#clock.sleep(timeoutMs, timer.signal).then(() => {
      if (timer.signal.aborted) return undefined as never;
      const error = new LoadTimedOut(key, timeoutMs);
      tooLong.abort(error);
      throw error;
    });
    try {
      const value = await Promise.race([Promise.resolve().then(() => load(context)), timedOut]);
      const body = toBody(key, value);
      return { body, etag: etagOf(body), tags: [...tags], store, loadMs: this.#clock.monotonic() - began };
    } finally {
      timer.abort();
    }
  }
}

export function toBody(key: CacheKey, value: unknown): Buffer {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined)
    throw new InvalidArgument(`the load of ${key}`, 'a JSON value', value, 'return null for "nothing"');
  return Buffer.from(json);
}

export function etagOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARS);
}
