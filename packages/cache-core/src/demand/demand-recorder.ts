import type { CacheKey } from '../model/key.ts';
import type { HotKeys, Recipe } from '../ports/hot-key-store.ts';
import { MAX_RECIPE_BYTES } from './recipe-codec.ts';

export interface DemandRecorderOptions {
  /** Called with a key whose recipe exceeds `MAX_RECIPE_BYTES`: its demand is not recorded. */
  readonly onTooLong: (key: CacheKey, bytes: number) => void;
}

interface Noted {
  key: CacheKey;
  recipe: Recipe;
  /** An upper bound of the key's reads, too high by at most `error`. */
  reads: number;
  /** The reads of the keys that this one replaced. */
  error: number;
  loadMs: number;
}

/** The number of keys that a process records between two reports. */
export const MAX_NOTED_KEYS = 1_000;
/** The number of keys in a report: those with the most reads. */
const MAX_REPORTED_KEYS = 200;
/**
 * The number of hits after a report that are recorded one by one. Later hits are sampled: recording each would cost a fifth
 * of the hit.
 */
const NOTED_EACH = 64;
/**
 * On average one in four of the sampled hits is recorded at first, and one in twice as many after each 64 records between two reports. A
 * report after fewer records halves that.
 */
const FIRST_ONE_IN = 4;
const NOTED_PER_STEP = 64;
const MAX_ONE_IN = 4_096;

/**
 * Counts the reads of each key in this process and periodically reports the most read keys.
 *
 * It uses Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, ICDT
 * 2005): a new key replaces the least read one and inherits its count. A key with more than one in `MAX_NOTED_KEYS` of all reads
 * is therefore recorded at the end, whichever other keys are read and in whatever order. The report holds only the reads since
 * the key was recorded, so that a flood of keys that are read once is reported as such.
 *
 * A record of a hit takes as long as ten hits, because it makes a place for the key. So a steady load, however high, leads to about 20 to
 * 190 sampled records between two reports. The estimator: a record has the weight of all hits since the record before, and the gap
 * between two is drawn without regard to the keys. So the weights add up to the number of hits, and a key's expected weight is its number
 * of hits. With 50 records a report, four reports a second and the half-life of 5 minutes, 86,000 records count: the relative standard
 * error of a key with the share p of the hits is 1 / sqrt(86,000 p), 3 % for one hit in 100 and 11 % for one in 1,000.
 */
export class DemandRecorder {
  readonly #options: DemandRecorderOptions;
  #places: Noted[] = [];
  #byKey = new Map<CacheKey, Noted>();
  /** No record has fewer reads than this. The records before `#at` have more. */
  #fewest = 1;
  #at = 0;
  #toNoteEach = NOTED_EACH;
  #oneIn = FIRST_ONE_IN;
  /** Records until `#oneIn` doubles. */
  #leftInStep = NOTED_PER_STEP;
  /** Whether `#oneIn` has doubled since the last report. */
  #hasDoubled = false;
  /** Sampled hits until the next record, which is one of them. */
  #toPass = FIRST_ONE_IN;
  #sampledWeight = 0;
  #seed = 1;

  constructor(options: DemandRecorderOptions) {
    this.#options = options;
  }

  /** The number of keys that are recorded now. */
  get noted(): number {
    return this.#places.length;
  }

  /** Whether each hit is recorded now. Otherwise only sampled hits are. */
  get notesEach(): boolean {
    return this.#toNoteEach > 0;
  }

  /**
   * Records a memory hit.
   *
   * @param sampleWeight the number of hits that this one represents, unless each is recorded
   */
  noteHit(key: CacheKey, recipe: Recipe, loadMs: number, sampleWeight: number): void {
    if (this.#toNoteEach > 0) {
      this.#toNoteEach--;
      this.note(key, recipe, loadMs);
      return;
    }
    this.#sampledWeight += sampleWeight;
    if (--this.#toPass > 0) return;
    this.note(key, recipe, loadMs, this.#sampledWeight);
    this.#sampledWeight = 0;
    if (--this.#leftInStep === 0) {
      this.#hasDoubled = true;
      this.#sampleWith(Math.min(2 * this.#oneIn, MAX_ONE_IN));
    }
    this.#toPass = this.#drawn();
  }

  #sampleWith(oneIn: number): void {
    this.#oneIn = oneIn;
    this.#leftInStep = NOTED_PER_STEP;
  }

  /** Returns a number from 1 to `2 * oneIn - 1`, each equally likely, so that the records match no rhythm of the readers. */
  #drawn(): number {
    // The generator of Numerical Recipes; its high bits are the random ones.
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + Math.floor((this.#seed / 2 ** 32) * (2 * this.#oneIn - 1));
  }

  /** Adds reads to the demand of a key, and replaces its load time. */
  note(key: CacheKey, recipe: Recipe, loadMs: number, reads = 1): void {
    const noted = this.#byKey.get(key) ?? this.#place(key, recipe);
    if (!noted) return;
    noted.reads += reads;
    noted.loadMs = loadMs;
  }

  /**
   * Sends the most read keys to the store. A failed report is not repeated: demand is an estimate, and the next report adds
   * to it.
   */
  async report(store: HotKeys): Promise<void> {
    this.#toNoteEach = NOTED_EACH;
    this.#sampleWith(this.#hasDoubled ? this.#oneIn : Math.max(FIRST_ONE_IN, this.#oneIn / 2));
    this.#hasDoubled = false;
    if (this.#places.length === 0) return;
    const noted = this.#places.map(({ key, recipe, reads, error, loadMs }) => {
      return { key, recipe, reads: reads - error, loadMs };
    });
    this.#places = [];
    this.#byKey = new Map();
    [this.#fewest, this.#at] = [1, 0];
    await store.add(noted.sort((a, b) => b.reads - a.reads).slice(0, MAX_REPORTED_KEYS));
  }

  #place(key: CacheKey, recipe: Recipe): Noted | null {
    const bytes = Buffer.byteLength(JSON.stringify(recipe));
    if (bytes > MAX_RECIPE_BYTES) {
      this.#options.onTooLong(key, bytes);
      return null;
    }
    const isFull = this.#places.length >= MAX_NOTED_KEYS;
    const noted = isFull ? this.#leastRead() : { key, recipe, reads: 0, error: 0, loadMs: 0 };
    if (isFull) {
      this.#byKey.delete(noted.key);
      Object.assign(noted, { key, recipe, error: noted.reads });
    } else this.#places.push(noted);
    this.#byKey.set(key, noted);
    return noted;
  }

  /** Cycles through the records. In each cycle at least one has no more reads than the minimum at the cycle's start. */
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
