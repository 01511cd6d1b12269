/** The one place that says what audits may take, and when they happen. */

/** An audit comes so often, once over all workers. */
export const AUDIT_EVERY_MS = 10_000;

/** Of the keys that readers save most by, an audit draws its sample: the more a key is read, the likelier. */
export const DRAWN_FROM = 1_000;
/** Entries that one audit looks at. */
export const MAX_KEYS = 50;

/** Of one connection to the origin, audits use at most this share of the time, over all workers. */
export const ORIGIN_SHARE = 0.05;
/** What they have not used they may use later, up to this much of the origin's time at once. */
export const MAX_SAVED_UP_MS = 2_000;

/** By how much the clocks of the api, the worker and the database may differ before an audit asks the log for nothing. */
export const CLOCK_SKEW_MS = 1_000;

/** Events that are looked at for one entry, the latest; and every one that is not applied yet. */
export const MOST_EVENTS = 1_000;

/** Events of which one audit of an entry asks the log where their invalidations stand. */
export const MOST_CONFIRMED = 10;

/** Events whose lost invalidations are made good one by one; where more may be lost, everything is outdated. */
export const MAX_REPAIRED = 100;
