/**
 * The posterior distribution of the rate at which an answer changes: a Gamma distribution, the conjugate prior of a
 * Poisson process (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). Its mean is `shape / weightMs` changes per
 * millisecond.
 */
export interface GammaPosterior {
  /** The number of changes, including those of the prior. */
  readonly shape: number;
  /** The observed time in ms, including that of the prior. */
  readonly weightMs: number;
}

/** The shape of the prior: wide enough that one observation of the same length outweighs it. */
export const PRIOR_SHAPE = 0.5;
/** The normal quantile of 80 %: the true rate exceeds `gammaQuantile80` once in five times. */
const Z_80 = 0.8416;
/** The minimum of an observed time: two loads within a millisecond contain no information about the rate. */
const MIN_MS = 1;

export const meanRate = ({ shape, weightMs }: GammaPosterior): number => shape / weightMs;

/**
 * Returns the 80 % quantile of the rate, per millisecond: it is exceeded with a credibility of 20 %. The approximation of
 * Wilson and Hilferty ("The distribution of chi-square", PNAS 1931), within 2 % of the quantile for shapes from a half
 * on; it rises with the shape.
 */
export function gammaQuantile80({ shape, weightMs }: GammaPosterior): number {
  return (shape * (1 - 1 / (9 * shape) + Z_80 / (3 * Math.sqrt(shape))) ** 3) / weightMs;
}

/**
 * Returns the posterior after two loads `apartMs` from each other returned the same answer, or different ones.
 *
 * If they are the same, there was no change in that time, which is exact. If they differ, there was at least one change,
 * and the number is unknown (the censored observation of Cho and Garcia-Molina, "Estimating Frequency of Change", ACM
 * TOIT 2003). For a rate λ its likelihood is 1 - exp(-λt), so the posterior is a difference of two Gammas; it is replaced
 * by the Gamma of the same mean and variance (assumed-density filtering: Opper, "A Bayesian Approach to On-line
 * Learning", 1998). So a time in which a change is certain adds no information, and a short time counts as one change.
 */
export function afterObserving(before: GammaPosterior, apartMs: number, changed: boolean): GammaPosterior {
  const { shape, weightMs } = before;
  const t = Math.max(MIN_MS, apartMs);
  if (!changed) return { shape, weightMs: weightMs + t };
  const u = Math.log1p(t / weightMs);
  // The moments of the difference divided by those of the first Gamma; expm1, because for short times both are almost
  // equal.
  const mass = Math.expm1(-shape * u);
  const mean = (shape / weightMs) * (Math.expm1(-(shape + 1) * u) / mass);
  const square = ((shape * (shape + 1)) / weightMs ** 2) * (Math.expm1(-(shape + 2) * u) / mass);
  const weightAfter = mean / (square - mean ** 2);
  // The result lies between no information and one change with a known instant; rounding must not move it outside.
  return {
    shape: within(mean * weightAfter, shape, shape + 1),
    weightMs: within(weightAfter, weightMs, weightMs + t),
  };
}

function within(value: number, least: number, most: number): number {
  return value >= least ? Math.min(value, most) : least;
}
