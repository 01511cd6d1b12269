import type { SimulatedProcess } from '../../testing/index.ts';
import { type TwoProcesses, twoProcesses } from '../../testing/two-processes.ts';
import { KeyvStore, type KeyvStoreOptions } from '../index.ts';

/** Functions on the processes of the present test. */
interface Stores {
  /** Lets time pass until a promise has settled. */
  through<Result>(promise: Promise<Result>): Promise<Result>;
  /** Creates a store on the cache of one process. */
  storeOf(process: SimulatedProcess, options?: Partial<KeyvStoreOptions>): KeyvStore;
  /** Returns what the store's iterator yields. */
  listed(store: KeyvStore): Promise<unknown[]>;
}

/**
 * As `twoProcesses`, and returns functions that create and list stores there.
 *
 * @param defaults options of every store
 */
export function storesOfTwoProcesses(
  begin: (begun: TwoProcesses) => void,
  defaults: Partial<KeyvStoreOptions> = {},
): Stores {
  let parts: TwoProcesses | undefined;
  twoProcesses((begun) => {
    parts = begun;
    begin(begun);
  });
  const world = () => {
    if (!parts) throw new Error('expected to be called by a test');
    return parts.world;
  };
  return {
    through: (promise) => world().clock.through(promise),
    storeOf: ({ cache }, options = {}) => new KeyvStore({ cache, ...defaults, ...options }),
    listed: async (store) => {
      const entries: unknown[] = [];
      for await (const entry of store.iterator()) entries.push(entry);
      return entries;
    },
  };
}
