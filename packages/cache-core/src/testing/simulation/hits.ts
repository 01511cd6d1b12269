import type { Stamp } from '../../entry.ts';

/** Which positions of the log hit which keys, as its server appended them: an index of hits that owes nothing to the engine's. */
export class Hits {
  /** By epoch, then by the name of the key; positions rise. */
  readonly #epochs = new Map<number, Map<string, number[]>>();

  /** The server appended an invalidation of these keys. An append that was repeated answers the position it has already. */
  note({ epoch, asOf }: Stamp, names: readonly string[]): void {
    const ofEpoch = this.#epochs.get(epoch) ?? new Map<string, number[]>();
    this.#epochs.set(epoch, ofEpoch);
    for (const name of names) {
      const positions = ofEpoch.get(name);
      if (!positions) ofEpoch.set(name, [asOf]);
      else if (asOf > (positions.at(-1) ?? 0)) positions.push(asOf);
    }
  }

  /** The last position that hit the key, of those that a follower has applied who is at `applied`; 0 for none. */
  lastApplied(name: string, applied: Stamp): number {
    return (
      this.#epochs
        .get(applied.epoch)
        ?.get(name)
        ?.findLast((position) => position <= applied.asOf) ?? 0
    );
  }
}
