import type { Stamp } from '@pilotlight/cache-core';

/**
 * The positions of the log that hit each key, as its server appended them. This index is independent of the engine's.
 */
export class Hits {
  /** By epoch, then by the name of the key; positions rise. */
  readonly #epochs = new Map<number, Map<string, number[]>>();

  /**
   * Records an invalidation of these keys that the server appended. A repeated append has the position of the first.
   */
  note({ epoch, asOf }: Stamp, names: readonly string[]): void {
    const ofEpoch = this.#epochs.get(epoch) ?? new Map<string, number[]>();
    this.#epochs.set(epoch, ofEpoch);
    for (const name of names) {
      const positions = ofEpoch.get(name);
      if (!positions) ofEpoch.set(name, [asOf]);
      else if (asOf > (positions.at(-1) ?? 0)) positions.push(asOf);
    }
  }

  /**
   * Returns the last position that hit the key among those that a follower at `applied` has applied; 0 if there is
   * none.
   */
  lastApplied(name: string, applied: Stamp): number {
    return (
      this.#epochs
        .get(applied.epoch)
        ?.get(name)
        ?.findLast((position) => position <= applied.asOf) ?? 0
    );
  }
}
