import { startOfDayMs } from './calendar.ts';
import { type DateOrder, type DateOrders, kindOf, possibleOrders } from './date-orders.ts';
import { ORDERED_DAYS } from './day-notations.ts';

const DAY_MS = 86_400_000;
/** Neighbouring lines are nearer than this if a date is read in the right order, … */
const NEAR_MS = DAY_MS;
/** … and further apart than this in any other order. */
const FAR_MS = 20 * DAY_MS;

/** What the file says of the dates of one kind. */
interface Evidence {
  /** Orders in which every date of the kind exists and is not after the upload. */
  possible: readonly DateOrder[];
  /** Orders that put a date near the line before it while every other puts it far away. */
  readonly near: Set<DateOrder>;
  lastDate: string;
  /** Instants of the last date of the kind, in each order. */
  last: ReadonlyMap<DateOrder, number>;
  /** Number of certain times before it. */
  certain: number;
}

/**
 * Determines the order of dates in digits from all dates of a file. A date with a number above 12 proves the order for
 * its kind, and so does a date after the upload, or a date that is near its neighbours in one order only.
 */
export class DateOrderSurvey {
  readonly #latestMs: number;
  readonly #kinds = new Map<string, Evidence>();
  /** The last certain time and the number of all. */
  #certainMs = Number.NaN;
  #certain = 0;

  constructor(latestMs: number) {
    this.#latestMs = latestMs;
  }

  /** Whether a date so far has several orders. */
  get isOpen(): boolean {
    return [...this.#kinds.values()].some(({ possible }) => possible.length > 1);
  }

  add(date: string, isCapitalMeridiem: boolean, timeOfDayMs: number): void {
    const kind = kindOf(date, isCapitalMeridiem);
    const known = this.#kinds.get(kind);
    if (known?.lastDate === date && known.certain === this.#certain) return;
    const instants = this.#instantsOf(date, timeOfDayMs);
    if (instants.size === 0) return;
    const evidence = known ?? {
      possible: [...instants.keys()],
      near: new Set(),
      lastDate: '',
      last: new Map(),
      certain: 0,
    };
    this.#kinds.set(kind, evidence);
    this.#compare(evidence, instants);
    evidence.possible = evidence.possible.filter((order) => instants.has(order));
    evidence.lastDate = date;
    evidence.last = instants;
    evidence.certain = this.#certain;
  }

  /** Adds a line whose time has one meaning. */
  addCertain(ms: number): void {
    this.#certainMs = ms;
    this.#certain++;
  }

  end(orders: DateOrders): void {
    for (const [kind, { possible, near }] of this.#kinds) {
      const proven = possible.length === 1 ? possible : possible.filter((order) => near.has(order));
      const [order, ...others] = proven;
      if (order !== undefined && others.length === 0 && near.size <= 1) orders.prove(kind, order);
    }
  }

  #instantsOf(date: string, timeOfDayMs: number): Map<DateOrder, number> {
    const instants = new Map<DateOrder, number>();
    for (const order of possibleOrders(date)) {
      const { year, month, day } = ORDERED_DAYS[order](date);
      const startsAtMs = startOfDayMs(year ?? 0, month ?? 0, day);
      if (startsAtMs !== undefined && startsAtMs <= this.#latestMs) instants.set(order, startsAtMs + timeOfDayMs);
    }
    return instants;
  }

  #compare({ near, last, certain }: Evidence, instants: ReadonlyMap<DateOrder, number>): void {
    const isAfterCertain = certain < this.#certain;
    const distances = [...instants].map(([order, ms]) => {
      const before = isAfterCertain ? this.#certainMs : (last.get(order) ?? Number.NaN);
      return { order, distanceMs: Math.abs(ms - before) };
    });
    const close = distances.filter(({ distanceMs }) => distanceMs < NEAR_MS);
    const far = distances.filter(({ distanceMs }) => distanceMs > FAR_MS);
    const [only] = close;
    if (only !== undefined && close.length === 1 && far.length === distances.length - 1 && far.length > 0) {
      near.add(only.order);
    }
  }
}
