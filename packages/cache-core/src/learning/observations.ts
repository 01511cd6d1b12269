import { afterObserving, type GammaPosterior, gammaQuantile80, meanRate, PRIOR_SHAPE } from './gamma-posterior.ts';

/** What two loads of one answer, one after the other, have told. */
export interface Observation {
  /** From the beginning of one load to that of the other. */
  readonly apartMs: number;
  readonly changed: boolean;
  /** How long the earlier answer had been past its time when somebody asked for it; 0: it had not been. */
  readonly waitedMs: number;
}

/** How evidence is forgotten. */
export interface Forgetting {
  /** What an observation counts for once the next one has come. */
  readonly keeps: number;
  /** Observations of more than this is cut down to it: more would change no choice, and be in the way when things change. */
  readonly maxMs: number;
}

/** A rate so many times the one believed in is what the detector of jumps looks for. */
const JUMP = 8;
/** How much likelier (e^6, 400 times) a jump has to be than none before it is believed: four changes in a row, as a rule. */
const JUMP_THRESHOLD = 6;
/** What a wait for the next reader counts for once the next one has come. */
const DEMAND_KEEPS = 0.9;

/**
 * What was seen of one key, or of all keys of a prefix: on top of a prior, and decaying towards it, so that it follows what
 * changes slowly. What changes at once, for the worse, is found by a test of its own (Page, "Continuous Inspection
 * Schemes", Biometrika 1954): what was seen before the jump is forgotten then. A fixed number of numbers.
 */
export class Observations {
  /** Counts of what was seen, as people count; decaying with the rest. */
  observations = 0;
  changes = 0;
  exposureMs = 0;
  /** Since the beginning, and never less: how many observations there were, and how many jumps. */
  seen = 0;
  jumps = 0;
  #shape = 0;
  #weightMs = 0;
  /** After a jump, the prior must not hold what was seen since down. */
  #maxPriorMs = Number.POSITIVE_INFINITY;
  #score = 0;
  #runChanges = 0;
  #runMs = 0;
  #waits = 0;
  #waitedMs = 0;

  /** With what is believed beforehand, which weighs as much as `priorMs`. */
  posterior(priorMs: number): GammaPosterior {
    return {
      shape: PRIOR_SHAPE + this.#shape,
      weightMs: Math.min(priorMs, this.#maxPriorMs) + this.#weightMs,
    };
  }

  /** Reads per millisecond, an upper bound. Whoever finds an answer past its time is its next reader: no hit need be counted. */
  get readRate(): number {
    if (this.#waits === 0 || this.#waitedMs === 0) return Number.POSITIVE_INFINITY;
    return gammaQuantile80({ shape: this.#waits + PRIOR_SHAPE, weightMs: this.#waitedMs });
  }

  /** Of one key. */
  observe(observation: Observation, priorMs: number, forgetting: Forgetting): void {
    const { apartMs, changed, waitedMs } = observation;
    const expected = meanRate(this.posterior(priorMs)) * Math.max(1, apartMs);
    this.add(observation, priorMs, forgetting, 1);
    this.#waits = this.#waits * DEMAND_KEEPS + 1;
    this.#waitedMs = this.#waitedMs * DEMAND_KEEPS + Math.max(0, waitedMs);
    this.#detectJump(expected, apartMs, changed);
  }

  /** @param share what it counts for, from 0 to 1 */
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

  /** @param expected changes, by what was believed */
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
