/**
 * What is believed of how often an answer changes: a Gamma distribution of its rate, the conjugate of a Poisson process
 * (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). Its mean is `shape / weightMs` changes per millisecond.
 */
export interface GammaPosterior {
  /** As of so many changes. */
  readonly shape: number;
  /** Seen in so many milliseconds. */
  readonly weightMs: number;
}

/** What is believed before anything is seen: wide enough that one observation of the same length outweighs it. */
export const PRIOR_SHAPE = 0.5;
/** The normal quantile of 80 %: the rate is held to be above `gammaQuantile80` once in five times. */
const Z_80 = 0.8416;
/** No time that is compared is shorter: two loads in one millisecond say nothing of a rate. */
const MIN_MS = 1;

export const meanRate = ({ shape, weightMs }: GammaPosterior): number => shape / weightMs;

/**
 * The rate that is exceeded with a credibility of 20 %, per millisecond. The approximation of Wilson and Hilferty ("The
 * distribution of chi-square", PNAS 1931), within 2 % of the quantile for shapes from a half on; it rises with the shape.
 */
export function gammaQuantile80({ shape, weightMs }: GammaPosterior): number {
  return (shape * (1 - 1 / (9 * shape) + Z_80 / (3 * Math.sqrt(shape))) ** 3) / weightMs;
}

/**
 * What is believed once two loads `apartMs` from each other gave the same answer, or another one.
 *
 * The same: no change in that time, which is exact. Another: at least one change, how many is not known (the censored
 * observation of Cho and Garcia-Molina, "Estimating Frequency of Change", ACM TOIT 2003). Of a rate λ that has the
 * likelihood 1 - exp(-λt), so the posterior is a difference of two Gammas; it is replaced by the Gamma of the same mean and
 * variance (assumed-density filtering: Opper, "A Bayesian Approach to On-line Learning", 1998). So a time in which it has
 * changed for sure teaches nothing, and a short one counts as one change.
 */
export function afterObserving(before: GammaPosterior, apartMs: number, changed: boolean): GammaPosterior {
  const { shape, weightMs } = before;
  const t = Math.max(MIN_MS, apartMs);
  if (!changed) return { shape, weightMs: weightMs + t };
  const u = Math.log1p(t / weightMs);
  // The moments of the difference over those of the first Gamma; expm1, because for short times both are almost equal.
  const mass = Math.expm1(-shape * u);
  const mean = (shape / weightMs) * (Math.expm1(-(shape + 1) * u) / mass);
  const square = ((shape * (shape + 1)) / weightMs ** 2) * (Math.expm1(-(shape + 2) * u) / mass);
  const weightAfter = mean / (square - mean ** 2);
  // It lies between nothing learnt and one change seen as it happened; rounding must not take it out of there.
  return {
    shape: within(mean * weightAfter, shape, shape + 1),
    weightMs: within(weightAfter, weightMs, weightMs + t),
  };
}

function within(value: number, least: number, most: number): number {
  return value >= least ? Math.min(value, most) : least;
}
