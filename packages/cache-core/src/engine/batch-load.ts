import type { Clock } from '../clock.ts';
import { InvalidArgument } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import type { ResolvedPolicy } from '../policy.ts';
import type { Kept } from '../tiers/kept.ts';
import type { Ask, Begun, Loaded, Loader } from './load.ts';
import { beginCall, type LoadContext, type NotModified } from './load-context.ts';

/**
 * Asks the origin for several keys at once: gives a value for each of `targets`, in their order. An `Error` in the place
 * of a value fails that key alone.
 */
export type LoadMany<Target, Value = unknown> = {
  loadMany(
    targets: readonly Target[],
    contexts: readonly LoadContext[],
  ): Promise<readonly (Value | NotModified | Error)[]>;
}['loadMany'];

export interface BatchItem<Target> {
  readonly target: Target;
  readonly key: CacheKey;
}

interface Asking<Target> extends BatchItem<Target> {
  readonly begin: () => Begun;
  before: Kept | null;
  readonly resolve: (loaded: Loaded) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the keys of one batch that have to be loaded, so that one call of `loadMany` loads them. Each key goes its own
 * way through tiers, flights and fill locks; once each has either come to ask or found that it need not for now, those
 * that ask are loaded together. A key that comes later, because it waited for another process, is a call of its own.
 */
export class BatchLoad<Target> {
  readonly #loadMany: LoadMany<Target>;
  readonly #policy: ResolvedPolicy;
  readonly #loader: Loader;
  readonly #clock: Clock;
  readonly #undecided: Set<CacheKey>;
  #asking: Asking<Target>[] = [];

  constructor(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    { policy, loader, clock }: { policy: ResolvedPolicy; loader: Loader; clock: Clock },
  ) {
    this.#undecided = new Set(items.map(({ key }) => key));
    this.#loadMany = loadMany;
    this.#policy = policy;
    this.#loader = loader;
    this.#clock = clock;
  }

  ask({ target, key }: BatchItem<Target>): Ask {
    return (begin) =>
      new Promise((resolve, reject) => {
        this.#asking.push({ target, key, begin, before: null, resolve, reject });
        this.decided(key);
      });
  }

  /** The key has come to ask, or does not ask for now: the others need not wait for it. */
  decided(key: CacheKey): void {
    this.#undecided.delete(key);
    if (this.#undecided.size === 0 && this.#asking.length > 0) void this.#load(this.#asking.splice(0));
  }

  async #load(asking: readonly Asking<Target>[]): Promise<void> {
    try {
      const loaded = await this.#loadTogether(asking);
      asking.forEach(({ resolve, reject }, i) => {
        const one = loaded[i];
        if (one && 'body' in one) resolve(one);
        else reject(one?.error);
      });
    } catch (error) {
      for (const { reject } of asking) reject(error);
    }
  }

  #loadTogether(asking: readonly Asking<Target>[]): Promise<(Loaded | { error: unknown })[]> {
    const { hardTimeoutMs, origin } = this.#policy;
    // One moment, so one stamp for all of them.
    const onBegin = () =>
      asking.map((one) => {
        const begun = one.begin();
        one.before = begun.before;
        return begun;
      });
    const keys = asking.map(({ key }) => key);
    const call = { what: `${asking.length} keys together`, keys, origin, hardTimeoutMs, onBegin };
    return this.#loader.run(call, (signal) => this.#call(asking, signal));
  }

  async #call(asking: readonly Asking<Target>[], signal: AbortSignal): Promise<(Loaded | { error: unknown })[]> {
    const began = this.#clock.monotonic();
    const calls = asking.map((one) => ({ ...one, ...beginCall(one.key, signal, one.before, () => this.#clock.now()) }));
    const values: unknown = await this.#loadMany(
      asking.map(({ target }) => target),
      calls.map(({ context }) => context),
    );
    if (!Array.isArray(values) || values.length !== asking.length)
      throw new InvalidArgument('the answer of loadMany', `a list of ${asking.length} values`, values);
    return calls.map(({ key, before, said }, i) => {
      const value: unknown = values[i];
      if (value instanceof Error) return { error: value };
      try {
        return this.#loader.loaded(key, value, said(), before, began);
      } catch (error) {
        return { error };
      }
    });
  }
}
