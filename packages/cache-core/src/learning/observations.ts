import { afterObserving, type GammaPosterior, gammaQuantile80, meanRate, PRIOR_SHAPE } from './gamma-posterior.ts';

/** The result of comparing two consecutive loads of one answer. */
export interface Observation {
  /** The time from the start of one load to the start of the other. */
  readonly apartMs: number;
  readonly changed: boolean;
  /** How long the earlier answer had been expired when a reader requested it; 0 if it was not. */
  readonly waitedMs: number;
}

/** How observations are forgotten. */
export interface Forgetting {
  /** The weight of an observation after the next one. */
  readonly keeps: number;
  /** The maximum weight of observations: more would change no decision and delay the reaction to changes. */
  readonly maxMs: number;
}

/** The factor by which the rate has to rise for the jump detector. */
const JUMP = 8;
/** The log likelihood ratio at which a jump is detected (e^6, 400 times): usually four changes in a row. */
const JUMP_THRESHOLD = 6;
/** The weight of a wait for the next reader after the next wait. */
const DEMAND_KEEPS = 0.9;

/**
 * The observations of one key, or of all keys of a prefix: added to a prior and decaying towards it, so that they follow
 * slow changes. A separate test detects sudden rises (Page, "Continuous Inspection Schemes", Biometrika 1954):
 * observations before the jump are forgotten then. It uses constant memory.
 */
export class Observations {
  /** Observation counts for people; they decay with the rest. */
  observations = 0;
  changes = 0;
  exposureMs = 0;
  /** The total numbers of observations and of jumps, which never decay. */
  seen = 0;
  jumps = 0;
  #shape = 0;
  #weightMs = 0;
  /** Limits the prior after a jump, so that it does not outweigh the later observations. */
  #maxPriorMs = Number.POSITIVE_INFINITY;
  #score = 0;
  #runChanges = 0;
  #runMs = 0;
  #waits = 0;
  #waitedMs = 0;

  /** Returns the posterior for a prior of weight `priorMs`. */
  posterior(priorMs: number): GammaPosterior {
    return {
      shape: PRIOR_SHAPE + this.#shape,
      weightMs: Math.min(priorMs, this.#maxPriorMs) + this.#weightMs,
    };
  }

  /**
   * Returns an upper bound of the reads per millisecond. The next reader of an answer is the one that finds it expired,
   * so no hit has to be counted.
   */
  get readRate(): number {
    if (this.#waits === 0 || this.#waitedMs === 0) return Number.POSITIVE_INFINITY;
    return gammaQuantile80({ shape: this.#waits + PRIOR_SHAPE, weightMs: this.#waitedMs });
  }

  /** Records an observation of one key. */
  observe(observation: Observation, priorMs: number, forgetting: Forgetting): void {
    const { apartMs, changed, waitedMs } = observation;
    const expected = meanRate(this.posterior(priorMs)) * Math.max(1, apartMs);
    this.add(observation, priorMs, forgetting, 1);
    this.#waits = this.#waits * DEMAND_KEEPS + 1;
    this.#waitedMs = this.#waitedMs * DEMAND_KEEPS + Math.max(0, waitedMs);
    this.#detectJump(expected, apartMs, changed);
  }

  /** @param share the weight of the observation, from 0 to 1 */
  add({ apartMs, changed }: Observation, priorMs: number, { keeps, maxMs }: Forgetting, share: number): void {
    const before = this.posterior(priorMs);
    const after = afterObserving(before, apartMs, changed);
    const kept = keeps ** share;
    this.#shape = this.#shape * kept + (after.shape - before.shape) * share;
    this.#weightMs = this.#weightMs * kept + (after.weightMs - before.weightMs) * share;
    this.observations = this.observations * kept + share;
    this.changes = this.changes * kept + (changed ? share : 0);
    this.exposureMs = this.exposureMs * kept + apartMs * share;
    this.seen++;
    this.#cutTo(maxMs);
  }

  #cutTo(maxMs: number): void {
    if (this.#weightMs <= maxMs) return;
    this.#shape *= maxMs / this.#weightMs;
    this.#weightMs = maxMs;
  }

  /** @param expected the number of changes that the posterior before this observation predicted */
  #detectJump(expected: number, apartMs: number, changed: boolean): void {
    const likelier = changed ? Math.log(Math.expm1(-JUMP * expected) / Math.expm1(-expected)) : -(JUMP - 1) * expected;
    this.#score = Math.max(0, this.#score + likelier);
    this.#runChanges = this.#score === 0 ? 0 : this.#runChanges + (changed ? 1 : 0);
    this.#runMs = this.#score === 0 ? 0 : this.#runMs + apartMs;
    if (this.#score < JUMP_THRESHOLD) return;
    this.jumps++;
    this.observations = this.#runChanges;
    this.changes = this.#runChanges;
    this.exposureMs = this.#runMs;
    this.#shape = this.#runChanges;
    this.#weightMs = Math.max(1, this.#runMs);
    this.#maxPriorMs = this.#weightMs * (PRIOR_SHAPE / Math.max(1, this.#runChanges));
    this.#score = 0;
    this.#runChanges = 0;
    this.#runMs = 0;
  }
}
