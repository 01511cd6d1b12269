/** The limits of audits, all in one place. */

/** The interval of the audits; all workers together run one. */
export const AUDIT_EVERY_MS = 10_000;

/** An audit draws its sample from this number of hot keys; the probability of a key rises with its reads. */
export const DRAWN_FROM = 1_000;
/** The number of entries per audit. */
export const MAX_AUDITED_KEYS = 50;

/** The share of one connection's time to the origin that audits may use, over all workers. */
export const ORIGIN_SHARE = 0.05;
/** Audits save unused time for later, up to this limit. */
export const MAX_SAVED_UP_MS = 2_000;

/**
 * The assumed difference between the clocks of api, worker and database. A larger one only costs needless questions to the log.
 */
export const CLOCK_SKEW_MS = 1_000;

/** The number of latest events that are examined per entry, beside all that are not applied yet. */
export const MAX_EVENTS = 1_000;

/** The number of events per entry whose positions are looked up in the log. */
export const MAX_CONFIRMED_EVENTS = 10;

/** The number of events whose lost invalidations are repaired one by one; if there are more, everything is invalidated. */
export const MAX_REPAIRED = 100;
