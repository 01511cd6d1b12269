const DAY_MS = 86_400_000;
/** Days whose offset is cached per zone. */
const MAX_CACHED_DAYS = 1_000;
/** The tz database has about 600 names. */
const MAX_CACHED_ZONES = 700;
const ZONES = new Map<string, IanaZone>();

/**
 * A zone of the tz database with its changes of the clocks, as `Intl` knows them. Offsets are in ms east of UTC.
 */
export class IanaZone {
  readonly name: string;
  readonly fixedMs = undefined;
  readonly #format: Intl.DateTimeFormat;
  /** Offset per local day; null if the clocks change about then. */
  readonly #days = new Map<number, number | null>();

  private constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
    this.name = format.resolvedOptions().timeZone;
  }

  /** Returns the zone of a name, in any case, or null if the tz database has no such name. */
  static of(name: string): IanaZone | null {
    const known = ZONES.get(name);
    if (known !== undefined) return known;
    const zone = IanaZone.#open(name);
    if (zone !== null && ZONES.size < MAX_CACHED_ZONES) ZONES.set(name, zone);
    return zone;
  }

  static #open(name: string): IanaZone | null {
    try {
      return new IanaZone(new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }));
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Returns the offset at a local time in ms, or null if the clocks skip or repeat that time. */
  offsetAt(localMs: number): number | null {
    const day = Math.floor(localMs / DAY_MS);
    let offset = this.#days.get(day);
    if (offset === undefined) {
      offset = this.#offsetOfDay(day * DAY_MS);
      if (this.#days.size >= MAX_CACHED_DAYS) this.#days.clear();
      this.#days.set(day, offset);
    }
    return offset ?? this.#offsetNearChange(localMs);
  }

  #offsetOfDay(startsAtMs: number): number | null {
    const before = this.#offsetAtInstant(startsAtMs - DAY_MS);
    return before === this.#offsetAtInstant(startsAtMs + 2 * DAY_MS) ? before : null;
  }

  #offsetNearChange(localMs: number): number | null {
    const before = this.#offsetAtInstant(localMs - DAY_MS);
    const after = this.#offsetAtInstant(localMs + DAY_MS);
    const isBefore = this.#offsetAtInstant(localMs - before) === before;
    const isAfter = this.#offsetAtInstant(localMs - after) === after;
    if (isBefore && isAfter) return before === after ? before : null;
    if (!isBefore && !isAfter) return null;
    return isBefore ? before : after;
  }

  /** Reads `GMT+05:30` or, before standard time, `GMT-00:25:21`. */
  #offsetAtInstant(ms: number): number {
    const text = this.#format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text);
    if (match === null) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === '-' ? 0 - seconds : seconds) * 1000;
  }
}
