/** The limits of warming, all in one place. */

/** The interval of the sweeps; all workers together run one. */
export const SWEEP_EVERY_MS = 5_000;

/** The maximum number of keys that are kept warm; those that save most come first. */
export const MAX_SWEEP_KEYS = 1_000;

/** The number of loads that warming runs at a time in one process, over all its jobs. */
export const LOADS_AT_A_TIME = 2;

/** Warming saves unused time of its share of the origin (`WARMING_SHARE`) for later, up to this limit. */
export const MAX_SAVED_UP_MS = 7_500;

/** A key is kept warm if at least this number of reads is expected while it is fresh. */
export const MIN_EXPECTED_READS = 0.5;

/** A key is reloaded this long before its expiry, so that one sweep may be missed; at most a quarter of its lifetime before. */
export const LEAD_MS = 5_000;
export const MAX_LEAD_SHARE = 0.25;
/**
 * If many keys expire together, some are reloaded earlier, within this last part of their lifetime, so that all sweeps have
 * equal work.
 */
export const EARLY_SHARE = 0.5;
/** The loads of a sweep are spread over this part of the interval. */
export const SPREAD_SHARE = 0.8;

/** A remembered expiry is valid for this time; another worker may have seen the key invalidated meanwhile. */
export const BELIEVED_MS = 30_000;
/** How long a key whose load failed is not tried again. */
export const RETRY_MS = 30_000;

/** After this number of failed loads in a row, warming pauses, for longer each time. */
export const FAILURES_IN_A_ROW = 3;
export const FIRST_PAUSE_MS = 5_000;
export const MAX_PAUSE_MS = 60_000;
