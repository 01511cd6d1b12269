import { InvalidArgument } from '../model/errors.ts';
import { prefixesOf } from '../model/selector.ts';

/** A tier: the memory of this process, or the tier that processes share. */
export type TierName = 'memory' | 'redis';

interface Off {
  all: boolean;
  readonly prefixes: Set<string>;
}

/**
 * Turns a tier off and on while the process runs, for every key or for the keys of a prefix. A tier that is off costs time,
 * never correctness.
 */
export class Switches {
  readonly #off: Readonly<Record<TierName, Off>> = {
    memory: { all: false, prefixes: new Set() },
    redis: { all: false, prefixes: new Set() },
  };

  /** @param prefix one or more leading segments of a key; without it, the switch applies to every key */
  set(tier: TierName, on: boolean, prefix?: string): void {
    if (!Object.hasOwn(this.#off, tier)) throw new InvalidArgument('tier', "'memory' or 'redis'", tier);
    if (typeof on !== 'boolean') throw new InvalidArgument('on', 'true or false', on);
    const off = this.#off[tier];
    if (prefix === undefined) off.all = !on;
    else if (on) off.prefixes.delete(prefix);
    else off.prefixes.add(prefix);
  }

  isOn(tier: TierName, key: string): boolean {
    const { all, prefixes } = this.#off[tier];
    return !all && (prefixes.size === 0 || !prefixesOf(key).some((prefix) => prefixes.has(prefix)));
  }

  /** Returns the state of both tiers for people to read. */
  shown(): Record<TierName, 'on' | 'off' | { readonly offFor: readonly string[] }> {
    const of = ({ all, prefixes }: Off) => (all ? 'off' : prefixes.size === 0 ? 'on' : { offFor: [...prefixes] });
    return { memory: of(this.#off.memory), redis: of(this.#off.redis) };
  }
}
