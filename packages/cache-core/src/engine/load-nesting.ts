import { AsyncLocalStorage } from 'node:async_hooks';
import type { CacheKey } from '../key.ts';

interface Chain {
  readonly keys: ReadonlySet<CacheKey>;
  readonly origins: ReadonlySet<string>;
}

/** Which loads the present one runs inside of: a load may read other keys of the same cache. */
export class LoadNesting {
  readonly #chain = new AsyncLocalStorage<Chain>();

  /** Runs a load, so that what it reads is known to be inside of it. */
  inside<Result>(keys: readonly CacheKey[], origin: string, load: () => Result): Result {
    const outer = this.#chain.getStore();
    return this.#chain.run(
      { keys: new Set([...(outer?.keys ?? []), ...keys]), origins: new Set([...(outer?.origins ?? []), origin]) },
      load,
    );
  }

  /** Runs what nobody waits for: it is inside of no load. */
  outside<Result>(work: () => Result): Result {
    return this.#chain.exit(work);
  }

  /** To wait for this key would be to wait for oneself. */
  isInside(key: CacheKey): boolean {
    return this.#chain.getStore()?.keys.has(key) ?? false;
  }

  /** A place at this origin is held already, by a load that waits for this one. */
  holdsPlaceAt(origin: string): boolean {
    return this.#chain.getStore()?.origins.has(origin) ?? false;
  }
}
