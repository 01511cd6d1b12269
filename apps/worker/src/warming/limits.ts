/** The one place that says what warming may take, and when it acts. */

/** A sweep comes so often, once over all workers. */
export const SWEEP_EVERY_MS = 5_000;

/** The keys that are looked after: those that save most. */
export const MOST_KEYS = 1_000;

/** Loads that warming runs at a time in one process, whatever the number of its jobs. */
export const LOADS_AT_A_TIME = 2;

/** What warming has not used of its share of the origin's time (`WARMING_SHARE`) it may use later, up to this much at once. */
export const MAX_SAVED_UP_MS = 7_500;

/** A key is kept warm while at least so many reads of it are to be expected in the time that it is fresh. */
export const LEAST_EXPECTED_READS = 0.5;

/** A key is reloaded so long before its end: one sweep may fail to come. At most a quarter of its time. */
export const LEAD_MS = 5_000;
export const MOST_LEAD_SHARE = 0.25;
/** Where many keys end together, some are reloaded earlier, so that each sweep has equal work: in this last part of their time. */
export const EARLY_SHARE = 0.5;
/** A sweep's loads are spread over this part of the time until the next. */
export const SPREAD_SHARE = 0.8;

/** What is known of when a key ends is believed so long; another worker may have seen it outdated meanwhile. */
export const BELIEVED_MS = 30_000;
/** A key whose load failed is not tried again for so long. */
export const RETRY_MS = 30_000;

/** The origin suffers after so many failed loads in a row: it is left alone, for longer each time. */
export const FAILURES_IN_A_ROW = 3;
export const FIRST_PAUSE_MS = 5_000;
export const LONGEST_PAUSE_MS = 60_000;
