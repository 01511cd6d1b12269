import type { Clock } from '../model/clock.ts';
import type { HotKeyStore } from '../ports/hot-key-store.ts';
import { ProcessHotKeys } from '../single-process/process-hot-keys.ts';
import type { Link } from './link.ts';

const WHAT = 'the hot key store';

/** Demand that simulated processes share. */
export class MemoryHotKeyServer {
  readonly #demand: HotKeyStore;

  constructor(clock: Clock) {
    this.#demand = new ProcessHotKeys(clock);
  }

  /** Returns the port of one process, over its link. */
  connect(link: Link): HotKeyStore {
    const demand = this.#demand;
    return {
      add: (more) => link.call(WHAT, () => demand.add(more)),
      top: (limit, prefixes) => link.call(WHAT, () => demand.top(limit, prefixes)),
      find: (key) => link.call(WHAT, () => demand.find(key)),
      forget: (keys) => link.call(WHAT, () => demand.forget(keys)),
    };
  }
}
