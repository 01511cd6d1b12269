import { type DateOrder, DateOrders } from './date-orders.ts';
import { UTC, WrittenZones, zoneOf } from './time-zones.ts';
import { YearInference } from './year-inference.ts';

export interface TimeOptions {
  /** Times are at most a day later. */
  uploadedAt: Date;
  /** Zone of times that state none, as `parseTimeZone` returned it; defaults to UTC. */
  timezone?: string | undefined;
  /** Order of dates whose parts are ambiguous; defaults to what the file proves. */
  dateOrder?: DateOrder | undefined;
}

/**
 * What the times of one file have in common: the zone of times without one, the order of dates, and the year of times
 * without one. Every parser of the file takes the same object.
 */
export class FileTimes {
  readonly zones: WrittenZones;
  readonly years: YearInference;
  readonly orders: DateOrders;

  constructor({ uploadedAt, timezone, dateOrder }: TimeOptions) {
    const home = timezone === undefined ? UTC : zoneOf(timezone);
    if (home === null) throw new RangeError(`expected a zone that parseTimeZone returned, got ${timezone}`);
    this.zones = new WrittenZones(home, timezone ?? 'UTC', uploadedAt.getUTCFullYear());
    this.years = new YearInference(uploadedAt);
    this.orders = new DateOrders(uploadedAt, dateOrder);
  }
}
