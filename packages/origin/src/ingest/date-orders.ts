/** Order of the parts of a date that is written in digits: year, month and day first. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** A two-digit year further from the upload is not assumed to come first. */
const MAX_YEARS_AWAY = 10;

/** Validates the date order of an upload. Returns null for anything but `ymd`, `dmy` and `mdy`. */
export function parseDateOrder(text: string): DateOrder | null {
  const order = text.trim().toLowerCase();
  return order === 'ymd' || order === 'dmy' || order === 'mdy' ? order : null;
}

/** Returns the orders in which the parts of a date, such as 01/03/2026, can be a year, a month and a day. */
export function possibleOrders(date: string): DateOrder[] {
  const [first = '', second = '', third = ''] = date.split(/[-/.]/);
  const isMonth = (text: string) => Number(text) >= 1 && Number(text) <= 12;
  const isDay = (text: string) => Number(text) >= 1 && Number(text) <= 31;
  const orders: DateOrder[] = [];
  if (third.length === 2 && first.length === 2 && isMonth(second) && isDay(third)) orders.push('ymd');
  if (isMonth(second) && isDay(first)) orders.push('dmy');
  // Of `1/03/2026` only a day first is written without its zero: no format pads the day and not the month.
  if (isMonth(first) && isDay(second) && !(first.length === 1 && second.startsWith('0'))) orders.push('mdy');
  return orders;
}

/** Dates that share their order: one separator, one length of the year, and capital AM/PM or not. */
export function kindOf(date: string, isCapitalMeridiem: boolean): string {
  const digits = date.lastIndexOf(separatorOf(date)) === date.length - 5 ? 4 : 2;
  return `${separatorOf(date)}${digits}${isCapitalMeridiem ? 'M' : ''}`;
}

function separatorOf(date: string): string {
  return /[-/.]/.exec(date)?.[0] ?? '';
}

/**
 * Decides the order of dates in digits, such as 01/03/2026. The upload says it, else the numbers of the date allow only
 * one, else the file proves one for dates of this kind, else one notation is in use in one order only:
 * dates with points have the day first, dates with slashes and a capital AM or PM have the month first (both in CLDR),
 * and two-digit years with slashes or dashes come first (log4j in Hadoop and Spark) if they are within ten years of the
 * upload. Any other date is not certain.
 */
export class DateOrders {
  readonly #given: DateOrder | undefined;
  readonly #uploadYear: number;
  readonly #proven = new Map<string, DateOrder>();
  #lastDate = '';
  #lastMeridiem = false;
  #lastOrder: DateOrder | undefined | null = null;

  constructor(uploadedAt: Date, given: DateOrder | undefined) {
    this.#given = given;
    this.#uploadYear = uploadedAt.getUTCFullYear();
  }

  /** Sets the order that the file proves for the dates of a kind. */
  prove(kind: string, order: DateOrder): void {
    this.#proven.set(kind, order);
    this.#lastDate = '';
  }

  /** Returns the order of a date, undefined if it is not certain, or null if the numbers are not a date. */
  orderOf(date: string, isCapitalMeridiem: boolean): DateOrder | undefined | null {
    if (date !== this.#lastDate || isCapitalMeridiem !== this.#lastMeridiem) {
      this.#lastDate = date;
      this.#lastMeridiem = isCapitalMeridiem;
      this.#lastOrder = this.#decide(date, isCapitalMeridiem);
    }
    return this.#lastOrder;
  }

  #decide(date: string, isCapitalMeridiem: boolean): DateOrder | undefined | null {
    const possible = possibleOrders(date);
    const kind = kindOf(date, isCapitalMeridiem);
    const given = this.#given === 'ymd' && kind.includes('4') ? undefined : this.#given;
    if (given !== undefined) return possible.includes(given) ? given : null;
    if (possible.length < 2) return possible[0] ?? null;
    const order = this.#proven.get(kind) ?? this.#convention(date, kind);
    if (order !== undefined && possible.includes(order)) return order;
    const [first, second] = date.split(/[-/.]/);
    return Number(first) === Number(second) && !possible.includes('ymd') ? 'dmy' : undefined;
  }

  #convention(date: string, kind: string): DateOrder | undefined {
    if (kind.startsWith('.')) return 'dmy';
    if (kind.includes('4')) return kind === '/4M' ? 'mdy' : undefined;
    return Math.abs(2000 + Number(date.slice(0, 2)) - this.#uploadYear) <= MAX_YEARS_AWAY ? 'ymd' : undefined;
  }
}
