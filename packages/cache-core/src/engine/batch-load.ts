import { InvalidArgument } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { LoadResult } from './in-flight-loads.ts';
import type { Loader, LoadJob, LoadSource } from './load.ts';
import type { LoadCall, LoadContext, NotModified } from './load-context.ts';

/**
 * Asks the origin for several keys at once. Returns a value for each of `targets`, in their order. An `Error` in place of a value
 * fails that key alone.
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

/** A key of the batch that has reached its load. */
interface Member<Target> {
  readonly target: Target;
  readonly job: LoadJob;
  readonly resolve: (result: Promise<LoadResult>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the keys of one batch that have to be loaded, so that one call of `loadMany` loads them. Each key takes its own path through
 * tiers, in-flight loads and fill locks. When every key has either reached its load or turned out to need none for now, the keys that
 * reached it are loaded together. A key that gets there later, because it waited for another process, is loaded by another call.
 */
export class BatchLoad<Target> {
  readonly #loadMany: LoadMany<Target>;
  readonly #policy: ResolvedPolicy;
  readonly #loader: Loader;
  readonly #undecided: Set<CacheKey>;
  #members: Member<Target>[] = [];

  constructor(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    { policy, loader }: { policy: ResolvedPolicy; loader: Loader },
  ) {
    this.#undecided = new Set(items.map(({ key }) => key));
    this.#loadMany = loadMany;
    this.#policy = policy;
    this.#loader = loader;
  }

  source({ target, key }: BatchItem<Target>): LoadSource {
    return {
      load: (job) => {
        const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
        this.#members.push({ target, job, resolve, reject });
        this.decided(key);
        return promise;
      },
    };
  }

  /** Call when a key has reached its load, or needs none for now: the other keys do not wait for it. */
  decided(key: CacheKey): void {
    this.#undecided.delete(key);
    if (this.#undecided.size === 0 && this.#members.length > 0) void this.#load(this.#members.splice(0));
  }

  async #load(members: readonly Member<Target>[]): Promise<void> {
    const { hardTimeoutMs, origin } = this.#policy;
    const work = (calls: readonly LoadCall[]) => this.#work(members, calls);
    const call = { what: `${members.length} keys together`, origin, hardTimeoutMs, isBatch: true, work };
    try {
      const jobs = members.map(({ job }) => job);
      const results = await this.#loader.run(call, jobs);
      members.forEach(({ job, resolve, reject }, i) => {
        const result = results[i];
        if (result) resolve(result);
        else reject(new Error(`expected a result for ${job.key}, got none`));
      });
    } catch (error) {
      for (const { reject } of members) reject(error);
    }
  }

  async #work(members: readonly Member<Target>[], calls: readonly LoadCall[]): Promise<readonly unknown[]> {
    const values: unknown = await this.#loadMany(
      members.map(({ target }) => target),
      calls.map(({ context }) => context),
    );
    if (!Array.isArray(values) || values.length !== members.length)
      throw new InvalidArgument('the answer of loadMany', `a list of ${members.length} values`, values);
    return values;
  }
}
