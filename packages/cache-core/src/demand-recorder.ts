import type { HotKeys, Recipe } from './hot-key-store.ts';
import type { CacheKey } from './key.ts';
import { MAX_RECIPE_BYTES } from './recipe-codec.ts';

export interface DemandRecorderOptions {
  /** Called with a key whose recipe takes more than `MAX_RECIPE_BYTES`: it is not noted. */
  readonly onTooLong: (key: CacheKey, bytes: number) => void;
}

interface Noted {
  key: CacheKey;
  recipe: Recipe;
  /** Never too few; too many by `error` at most. */
  reads: number;
  /** The reads of those whose place it took. */
  error: number;
  loadMs: number;
}

/** Keys that a process notes between two reports. */
export const MOST_NOTED = 1_000;
/** The most read of them that it reports. */
const MOST_REPORTED = 200;
/** Hits that are each noted, after a report. Of those beyond some stand for all: to note each would cost a fifth of the hit. */
const NOTED_EACH = 64;
/** Of those that stand for many, one in four is noted for all of them. */
const NOTED_ONE_IN = 4;

/**
 * Notes which keys people ask for, here, and reports the most asked now and then.
 *
 * Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, ICDT
 * 2005): a key that is new takes the place of the least read one, and its count on. So a key read more often than one
 * in `MOST_NOTED` reads is there at the end, whatever else is asked for and whatever comes first; and it is told by what
 * it was read since it took its place, so that a flood of keys read once is told as that.
 */
export class DemandRecorder {
  readonly #options: DemandRecorderOptions;
  #places: Noted[] = [];
  #byKey = new Map<CacheKey, Noted>();
  /** No place has fewer reads than this; those before `#at` have more. */
  #fewest = 1;
  #at = 0;
  #toNoteEach = NOTED_EACH;
  #passedOver = 0;
  #standFor = 0;

  constructor(options: DemandRecorderOptions) {
    this.#options = options;
  }

  /** How many keys are noted now. */
  get noted(): number {
    return this.#places.length;
  }

  /** Whether each hit is noted now, or only those that stand for many. */
  get notesEach(): boolean {
    return this.#toNoteEach > 0;
  }

  /** A hit in memory: it stands for so many, unless each is noted. */
  noteHit(key: CacheKey, recipe: Recipe, loadMs: number, standsFor: number): void {
    if (this.#toNoteEach > 0) {
      this.#toNoteEach--;
      this.note(key, recipe, loadMs);
      return;
    }
    this.#standFor += standsFor;
    if (++this.#passedOver < NOTED_ONE_IN) return;
    this.note(key, recipe, loadMs, this.#standFor);
    this.#passedOver = 0;
    this.#standFor = 0;
  }

  note(key: CacheKey, recipe: Recipe, loadMs: number, reads = 1): void {
    const noted = this.#byKey.get(key) ?? this.#place(key, recipe);
    if (!noted) return;
    noted.reads += reads;
    noted.loadMs = loadMs;
  }

  /** A report that fails is not repeated: demand is a measure, and the next one brings more. */
  async report(store: HotKeys): Promise<void> {
    this.#toNoteEach = NOTED_EACH;
    if (this.#places.length === 0) return;
    const noted = this.#places.map(({ key, recipe, reads, error, loadMs }) => {
      return { key, recipe, reads: reads - error, loadMs };
    });
    this.#places = [];
    this.#byKey = new Map();
    [this.#fewest, this.#at] = [1, 0];
    await store.add(noted.sort((a, b) => b.reads - a.reads).slice(0, MOST_REPORTED));
  }

  #place(key: CacheKey, recipe: Recipe): Noted | null {
    const bytes = Buffer.byteLength(JSON.stringify(recipe));
    if (bytes > MAX_RECIPE_BYTES) {
      this.#options.onTooLong(key, bytes);
      return null;
    }
    const isFull = this.#places.length >= MOST_NOTED;
    const noted = isFull ? this.#leastRead() : { key, recipe, reads: 0, error: 0, loadMs: 0 };
    if (isFull) {
      this.#byKey.delete(noted.key);
      Object.assign(noted, { key, recipe, error: noted.reads });
    } else this.#places.push(noted);
    this.#byKey.set(key, noted);
    return noted;
  }

  /** Goes round the places, one after the other: in each round one has at least as few reads as the fewest were at its start. */
  #leastRead(): Noted {
    for (;;) {
      for (; this.#at < this.#places.length; this.#at++) {
        const noted = this.#places[this.#at];
        if (noted && noted.reads <= this.#fewest) return noted;
      }
      this.#at = 0;
      this.#fewest = this.#places.reduce((fewest, { reads }) => Math.min(fewest, reads), Number.POSITIVE_INFINITY);
    }
  }
}
