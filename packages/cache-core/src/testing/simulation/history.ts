import type { Answer } from '../../engine/reader.ts';

/** What reads and writes came to, and the check that none of them broke a promise. Instants are monotonic milliseconds. */
export class History {
  readonly tally = {
    reads: 0,
    hits: 0,
    stale: 0,
    collapsed: 0,
    unverified: 0,
    failed: 0,
    writes: 0,
    applied: 0,
    pending: 0,
  };
  /** Each broken promise, in words. */
  readonly wrong: string[] = [];
  readonly #blindFreshMs: number;
  readonly #made = new Map<string, { value: number; at: number }[]>();
  readonly #acknowledged = new Map<string, { value: number; at: number }[]>();
  #open = 0;

  constructor(blindFreshMs: number) {
    this.#blindFreshMs = blindFreshMs;
  }

  /** Reads and writes that have begun and not ended. */
  get open(): number {
    return this.#open;
  }

  /** A read or a write has begun. */
  begin(): void {
    this.#open++;
  }

  /** A read has ended without an answer. */
  readFailed(): void {
    this.#open--;
    this.tally.failed++;
  }

  /**
   * A verified answer must not be from before a write that was acknowledged when the read began. One that says that it is
   * not verified must not be from before a write that was made more than `blindFreshMs` earlier.
   */
  read(
    what: { process: string; key: string; value: number; beganAt: number; endedAt: number },
    { outcome }: Answer,
  ): void {
    this.#open--;
    this.tally.reads++;
    if (outcome.outcome === 'hit') this.tally.hits++;
    if (outcome.outcome === 'stale') this.tally.stale++;
    if (outcome.collapsed) this.tally.collapsed++;
    if (!outcome.verified) this.tally.unverified++;
    const { key, value, beganAt } = what;
    const known = outcome.verified ? this.#acknowledged : this.#made;
    const before = outcome.verified ? beganAt : beganAt - this.#blindFreshMs;
    const missed = known.get(key)?.find((write) => write.value > value && write.at < before);
    if (!missed) return;
    this.wrong.push(
      `${what.process} read ${key}=${value} (${outcome.outcome}, ${outcome.tier ?? 'loaded'}${outcome.verified ? '' : ', unverified'}) from ${beganAt} to ${what.endedAt}, though ${key}=${missed.value} was ${outcome.verified ? 'acknowledged' : 'made'} at ${missed.at}`,
    );
  }

  /** The origin shows the value from now on. */
  made(key: string, value: number, at: number): void {
    this.tally.writes++;
    append(this.#made, key, { value, at });
  }

  /** A write has ended with a receipt: no read that begins later may show what was before. */
  acknowledged(key: string, value: number, at: number): void {
    this.#open--;
    this.tally.applied++;
    append(this.#acknowledged, key, { value, at });
  }

  /** A write has ended without one: nothing is promised of it. */
  pending(): void {
    this.#open--;
    this.tally.pending++;
  }
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
