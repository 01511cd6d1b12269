import type { Stamp } from '@pilotlight/cache-core';
import { compareStamps } from '@pilotlight/cache-core/internals';
import {
  type Answered,
  type Change,
  type History,
  hitsAll,
  type Moment,
  type Read,
  type Source,
  stateOf,
} from './history.ts';
import { nameOf, type Plan } from './plan.ts';
import { aroundKey, aroundRead, type Report, shown } from './report.ts';

/** Maximum number of reports per seed: further ones add no information. */
const MAX_REPORTS = 5;
/** Time of a look-up, the lock and a second look-up, each a round trip, in a calm network. */
const CALM_TURN_MS = 25;

/** Checks a history against the promises of the engine. Each broken promise becomes a report. */
export class Checker {
  readonly wrong: Report[] = [];
  readonly #history: History;
  readonly #plan: Plan;
  readonly #open = new Map<object, { process: string; what: string; at: number }>();

  constructor(history: History, plan: Plan) {
    this.#history = history;
    this.#plan = plan;
  }

  /** Number of reads and writes that have begun and not ended. */
  get open(): number {
    return this.#open.size;
  }

  begin(one: object, process: string, what: string): void {
    this.#open.set(one, { process, what, at: this.#history.moment().at });
  }

  end(one: object): void {
    this.#open.delete(one);
  }

  /** Operations of a crashed process end with it. */
  crashed(process: string): void {
    for (const [one, { process: its }] of this.#open) if (its === process) this.#open.delete(one);
  }

  neverEnded(): void {
    for (const { process, what, at } of this.#open.values())
      this.#report(`${process}: ${what}, begun at ${at}, never ended`, []);
  }

  /** Checks invariants 1 and 2, and that an expired answer is not served as a fresh one. */
  answered(read: Read, answer: Answered): void {
    this.#history.mix(answer.source?.id ?? -1);
    const broken = this.#broken(read, answer);
    if (broken) this.#wrong(read, answer, broken.why, broken.change);
  }

  isRight(read: Read, answer: Answered): boolean {
    return this.#broken(read, answer) === null;
  }

  #broken(read: Read, answer: Answered): Broken | null {
    const { source } = answer;
    if (!source) return null;
    if (source.key !== read.key) return { why: `is an answer of ${source.key}`, change: null };
    const { own } = read;
    // A `set` of another process may have computed its value before the change.
    if (own && source.kind === 'load' && stateOf(own, read.key) > source.state)
      return { why: 'shows the state before the change whose position the read asked for', change: own };
    return answer.verified ? this.#brokenVerified(read, answer, source) : this.#brokenUnverified(read, source);
  }

  #brokenVerified(read: Read, answer: Answered, source: Source): Broken | null {
    const change = this.#history.lastAcknowledged(read.key, 'invalidate', read.began);
    if (change && isBefore(source, change.called))
      return { why: 'is from before an acknowledged invalidation', change };
    const write = this.#history.lastWritten(read.key, read.began);
    if (source.kind === 'load' && write && stateOf(write, read.key) > source.state)
      return { why: 'shows the state before an acknowledged write', change: write };
    if (answer.outcome !== 'hit' || answer.collapsed) return null;
    const expiry = this.#history.lastAcknowledged(read.key, 'expire', read.began);
    if (expiry && isBefore(source, expiry.called))
      return { why: 'is fresh though from before an acknowledged expiry', change: expiry };
    return null;
  }

  /** Checks that an unverified answer is stale by a bounded time only. A value of `set` was true when it was called. */
  #brokenUnverified(read: Read, source: Source): Broken | null {
    const since = read.began.at - this.#plan.maxAgeWhenDisconnectedMs;
    const latest = this.#history.stateAt(read.key, since);
    if (latest <= source.state || (source.kind === 'set' && source.began.at >= since)) return null;
    return { why: `is more than ${this.#plan.maxAgeWhenDisconnectedMs} ms behind state ${latest}`, change: null };
  }

  failed(read: Read, error: unknown): void {
    if (isExpectedFailure(error)) return;
    this.#report(`${read.process} ${read.how} ${read.key} from ${read.began.at} failed: ${String(error)}`, []);
  }

  /**
   * Checks one load per key in a process unless something hits the key, even when the log is unreachable and no lock
   * helps.
   */
  began(source: Source): void {
    const { sources, changes } = this.#history;
    const { waitForFillMs, policy } = this.#plan;
    const calmSince = source.began.at - 2 * waitForFillMs;
    if (changes.some(({ called, acknowledged, what }) => hitsAll(what) && (!acknowledged || called.at > calmSince)))
      return;
    for (let i = sources.length - 1; i >= 0; i--) {
      const other = sources[i];
      if (!other || other.began.at <= source.began.at - policy.hardTimeoutMs) return;
      const isSame = other.process === source.process && other.key === source.key;
      if (other === source || other.ended || !isSame || other.stamp.epoch !== source.stamp.epoch) continue;
      this.#report(`${source.process} loads ${source.key} while it loads it`, [shown(other), shown(source)]);
      return;
    }
  }

  /** In a calm world, checks that a reader waits only for loads whose answer it may use. */
  waited(read: Read, source: Source): void {
    if (!this.#plan.isCalm || source.process !== read.process || source.began.order < read.began.order) return;
    const invalidatedBy = this.#history.lastAcknowledged(read.key, 'invalidate', read.began);
    let since = read.began.at;
    for (const other of this.#history.sources) {
      if (other.key !== read.key || other.began.order >= source.began.order) continue;
      if (!(invalidatedBy && isBefore(other, invalidatedBy.called))) since = Math.max(since, other.ended?.at ?? since);
    }
    const waitedMs = source.began.at - since;
    if (waitedMs <= CALM_TURN_MS) return;
    this.#report(
      `${read.process} read ${read.key} at ${read.began.at} and waited ${waitedMs} ms without a load whose answer it may use`,
      aroundRead(this.#history, read, source, invalidatedBy ?? null),
    );
  }

  /** Checks invariant 3: one cold key, any number of readers and processes. */
  burst(key: string, loads: number, readers: number): void {
    if (loads <= 1) return;
    const lines = this.#history.sources.filter((source) => source.key === key).map(shown);
    this.#report(`${readers} readers of the cold key ${key} caused ${loads} loads instead of one`, lines);
  }

  /** Checks compare-and-set: only a newer load replaces a stored entry. */
  stored(key: string, before: Stamp | null, stamp: Stamp): void {
    if (!before || compareStamps(before, stamp) <= 0) return;
    this.#report(
      `the shared tier held ${key} as of ${before.epoch}-${before.asOf} and now holds it as of ${stamp.epoch}-${stamp.asOf}`,
      this.#history.sources.filter((source) => source.key === nameOf(key)).map(shown),
    );
  }

  /**
   * Checks invariant 2 regardless of when the read began: a process neither serves from a tier nor stores an entry that
   * it knows to be hit.
   */
  tier(process: string, what: string, { key, epoch, asOf }: Stored, applied: Stamp): void {
    const name = nameOf(key);
    const hit = epoch === applied.epoch ? this.#history.hits.lastApplied(name, applied) : Number.POSITIVE_INFINITY;
    if (hit <= asOf) return;
    const { at } = this.#history.moment();
    const known = hit === Number.POSITIVE_INFINITY ? `is in epoch ${applied.epoch}` : `has applied the hit at ${hit}`;
    this.#report(
      `${process} ${what} ${name} as of ${epoch}-${asOf} at ${at}, though it ${known}`,
      aroundKey(this.#history, name, at),
    );
  }

  /** Checks that all answers are verified from two leases after the last fault on. */
  calmAgain(read: Read, answer: Answered): void {
    if (answer.verified) return;
    this.#report(
      `${read.process} read ${read.key} at ${read.began.at}, two leases after the last fault, and got an unverified answer`,
      [],
    );
  }

  #wrong(read: Read, answer: Answered, why: string, change: Change | null): void {
    const { process, key, how, began } = read;
    const { source, outcome, tier, verified, stamp } = answer;
    const from = stamp ? ` as of ${stamp.epoch}-${stamp.asOf}` : '';
    this.#report(
      `${process} ${how} ${key} from ${began.at} to ${this.#history.moment().at}: the ${outcome} (${tier ?? 'loaded'}${verified ? '' : ', unverified'})${from} ${why}`,
      source ? aroundRead(this.#history, read, source, change) : [],
    );
  }

  #report(what: string, lines: readonly string[]): void {
    if (this.wrong.length < MAX_REPORTS) this.wrong.push({ what, lines });
  }
}

/** The part of an entry that determines its age. */
interface Stored extends Stamp {
  readonly key: string;
}

interface Broken {
  readonly why: string;
  readonly change: Change | null;
}

/**
 * Returns whether a source certainly precedes the call of a change: its load began before, or its `set`, which takes
 * effect at some point in its time, ended before.
 */
function isBefore(source: Source, called: Moment): boolean {
  if (source.renewed) return source.renewed.order < called.order;
  if (source.kind === 'load') return source.began.order < called.order;
  return source.ended !== null && source.ended.order < called.order;
}

function isExpectedFailure(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'LOAD_TIMED_OUT' || code === 'SIMULATED_FAILURE' || code === 'ORIGIN_UNAVAILABLE';
}
