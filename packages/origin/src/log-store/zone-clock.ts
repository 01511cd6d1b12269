/** A stretch of time in which a clock keeps its offset from UTC. The clock may keep it before and after, too. */
export interface OffsetPeriod {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Local time minus UTC. */
  readonly offsetMs: number;
}

/** No clock of the tz database was changed twice within this time. */
const CELL_MS = 12 * 3_600_000;
/** Local time is never further from UTC. */
const MAX_OFFSET_MS = 24 * 3_600_000;

const UTC: OffsetPeriod = { fromMs: -Infinity, untilMs: Infinity, offsetMs: 0 };

/** The clock of a time zone, with all its changes of the past. A local time is the number of ms that a clock in UTC shows alike. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat | null;
  readonly #cells = new Map<number, readonly OffsetPeriod[]>();
  readonly #offsets = new Map<number, number>();

  /** @param tz a name that the runtime knows */
  constructor(tz = 'UTC') {
    this.#format = tz === 'UTC' ? null : new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' });
  }

  /** Returns a period that contains the instant. */
  periodAt(ms: number): OffsetPeriod {
    if (this.#format === null) return UTC;
    const cell = Math.floor(ms / CELL_MS);
    let periods = this.#cells.get(cell);
    if (periods === undefined) {
      periods = this.#periodsOf(cell);
      this.#cells.set(cell, periods);
    }
    const period = periods.find(({ untilMs }) => ms < untilMs);
    if (period === undefined) throw new RangeError(`expected an instant in ms, got ${ms}`);
    return period;
  }

  localOf(ms: number): number {
    return ms + this.periodAt(ms).offsetMs;
  }

  /** Returns the first instant at which the clock shows this local time or a later one. */
  firstAt(localMs: number): number {
    if (this.#format === null) return localMs;
    let period = this.periodAt(localMs - MAX_OFFSET_MS);
    for (;;) {
      const at = Math.max(period.fromMs, localMs - period.offsetMs);
      if (at < period.untilMs) return at;
      period = this.periodAt(period.untilMs);
    }
  }

  #periodsOf(cell: number): OffsetPeriod[] {
    const [fromMs, untilMs] = [cell * CELL_MS, (cell + 1) * CELL_MS];
    const [before, after] = [this.#offsetAt(fromMs), this.#offsetAt(untilMs)];
    if (before === after) return [{ fromMs, untilMs, offsetMs: before }];
    const changeMs = this.#changeBetween(fromMs, untilMs, before);
    const periods = [{ fromMs, untilMs: changeMs, offsetMs: before }];
    if (changeMs < untilMs) periods.push({ fromMs: changeMs, untilMs, offsetMs: after });
    return periods;
  }

  /** Returns the first instant after `low` with another offset than `low` has. */
  #changeBetween(low: number, high: number, offsetMs: number): number {
    let [unchanged, changed] = [low, high];
    while (changed - unchanged > 1) {
      const middle = Math.floor((unchanged + changed) / 2);
      if (this.#read(middle) === offsetMs) unchanged = middle;
      else changed = middle;
    }
    return changed;
  }

  #offsetAt(ms: number): number {
    const known = this.#offsets.get(ms);
    if (known !== undefined) return known;
    const offset = this.#read(ms);
    this.#offsets.set(ms, offset);
    return offset;
  }

  /** Reads `GMT+05:30`, `GMT-04:56:02` or `GMT` at the end of the formatted instant. */
  #read(ms: number): number {
    const text = this.#format?.format(ms) ?? 'GMT';
    const found = /GMT(?:(?<sign>[+-])(?<hours>\d{2}):(?<minutes>\d{2})(?::(?<seconds>\d{2}))?)?$/.exec(text);
    if (found === null) throw new RangeError(`expected an offset from GMT, got ${text}`);
    const { sign = '+', hours = '0', minutes = '0', seconds = '0' } = found.groups ?? {};
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    return sign === '-' ? -size : size;
  }
}
