import type { Mutant } from '@pilotlight/simulation';
import { mutate } from '@pilotlight/simulation';

/**
 * The planted fault, only in processes of this test: over all of them, the first invalidation that names part of the
 * search answers is acknowledged without being appended.
 */
const SKIPPED: Omit<Mutant, 'seed'> = {
  name: 'append',
  without: 'one invalidation is appended to the log',
  edits: [
    {
      file: 'redis/redis-log.ts',
      find: '    const { records, selectors: max, scoped, keys: maxKeys } = this.#options.limits ?? LIMITS;',
      replace: `    const isOne = selectors.some((selector) => selector.startsWith('s:["search"'));
    if (isOne && (await this.#options.client.set('{planted}', '1', 'NX')) === 'OK') {
      process.stdout.write('skipped an append\\n');
      const { epoch, head } = await this.snapshot(knownEpoch);
      return { epoch, position: head };
    }
    const { records, selectors: max, scoped, keys: maxKeys } = this.#options.limits ?? LIMITS;`,
    },
  ],
  sees: /served a stale entry as fresh/,
};

/** Loaded before a process's own code (`--import`). */
mutate(SKIPPED);
