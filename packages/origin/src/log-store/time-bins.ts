/**
 * Response times are counted in bins of one relative width, as in DDSketch (Masson, Rim, Lee: "DDSketch: a fast and
 * fully-mergeable quantile sketch", VLDB 2019). Sums of bins are exact, so the bins of any number of files merge without
 * a further error. The bins are stored as numbers, because the database sums them.
 */

/** Every percentile is within this share of the exact one. */
export const RELATIVE_ERROR = 0.01;

/** Bin `k` holds the times in `(GAMMA ** (k - 1), GAMMA ** k]`. */
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** Shorter times, including 0, count as 0: a nanosecond is far below any measured time. */
const MIN_TIME_MS = 1e-6;
/** The bin of the times that count as 0. No other time has it. */
const ZERO_BIN = -2_147_483_648;

/** Returns the bin of a time in ms. */
export function binOf(ms: number): number {
  return ms < MIN_TIME_MS ? ZERO_BIN : Math.ceil(Math.log(ms) / LOG_GAMMA);
}

/** The same in SQL. */
export const BIN_IN_SQL = `CASE WHEN response_time_ms < ${MIN_TIME_MS} THEN ${ZERO_BIN}
  ELSE ceil(ln(response_time_ms) / ${LOG_GAMMA})::integer END`;

/** Returns the time that represents a bin: no time of the bin differs from it by more than the relative error. */
function timeOf(bin: number): number {
  return bin === ZERO_BIN ? 0 : (2 * GAMMA ** bin) / (GAMMA + 1);
}

/**
 * Returns the range [from, to) of each bin from the one of `minMs` to the one of `maxMs`. A time on an edge may be in the bin beside its
 * own, which is within the relative error, too. The first range begins with `minMs`, the last has no end.
 */
export function binRanges(minMs: number, maxMs: number): { bin: number; from: number; to?: number }[] {
  const bins = [...(minMs < MIN_TIME_MS ? [ZERO_BIN] : [])];
  if (maxMs >= MIN_TIME_MS) {
    for (let bin = binOf(Math.max(minMs, MIN_TIME_MS)); bin <= binOf(maxMs); bin++) bins.push(bin);
  }
  const edgeOf = (bin: number): number => (bin === ZERO_BIN ? MIN_TIME_MS : GAMMA ** bin);
  return bins.map((bin, index) => {
    const before = bins[index - 1];
    return {
      bin,
      from: before === undefined ? minMs : edgeOf(before),
      ...(index < bins.length - 1 && { to: edgeOf(bin) }),
    };
  });
}

/** The times of one bin. */
export interface Bin {
  readonly bin: number;
  readonly count: number;
}

/**
 * Returns percentiles of counted times, interpolated between neighbours as `percentile_cont` of SQL does.
 *
 * @param bins In ascending order, at least one.
 * @param shares Each from 0 to 1.
 */
export function percentilesOf(bins: readonly Bin[], shares: readonly number[]): number[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const at = (rank: number): number => {
    let seen = 0;
    for (const { bin, count } of bins) {
      seen += count;
      if (seen > rank) return timeOf(bin);
    }
    throw new RangeError(`expected a rank below ${total}, got ${rank}`);
  };
  return shares.map((share) => {
    const rank = share * (total - 1);
    const [below, above] = [at(Math.floor(rank)), at(Math.ceil(rank))];
    return below + (above - below) * (rank - Math.floor(rank));
  });
}
