import type { AskedKey, GetLineOptions } from './get-line.ts';
import { GetLine, MAX_KEYS } from './get-line.ts';
import { masterOf } from './open-redis.ts';

type Asker = AskedKey['askers'][number];

/** What is asked for in one turn of the event loop goes out together to each master: a command costs more than a key. */
export class GatheredGets {
  readonly #options: GetLineOptions;
  readonly #lines = new Map<string, GetLine>();
  #askers = new Map<string, Asker[]>();

  constructor(options: GetLineOptions) {
    this.#options = options;
  }

  get(key: string): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      const asker = { resolve, reject };
      const others = this.#askers.get(key);
      if (others) {
        others.push(asker);
        return;
      }
      if (this.#askers.size === 0) setImmediate(this.#send);
      this.#askers.set(key, [asker]);
      if (this.#askers.size === MAX_KEYS) this.#send();
    });
  }

  readonly #send = (): void => {
    if (this.#askers.size === 0) return;
    const asked = [...this.#askers].map(([key, askers]) => ({ key, askers }));
    this.#askers = new Map();
    const byMaster = Map.groupBy(asked, ({ key }) => masterOf(this.#options.client, key));
    for (const [master, keys] of byMaster) this.#lineOf(master).ask(keys);
  };

  #lineOf(master: string): GetLine {
    const there = this.#lines.get(master);
    if (there) return there;
    const line = new GetLine(this.#options);
    this.#lines.set(master, line);
    return line;
  }
}
