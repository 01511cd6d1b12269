import { compareStamps, type Stamp } from '../../entry.ts';
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

/** After so many a history tells nothing new. */
const MOST_REPORTS = 5;
/** Look-up, lock and look-up again, each there and back, of a calm network. */
const CALM_TURN_MS = 25;

/** Holds the promises of the engine against a history. Each broken one is a report. */
export class Checker {
  readonly wrong: Report[] = [];
  readonly #history: History;
  readonly #plan: Plan;
  readonly #open = new Map<object, { process: string; what: string; at: number }>();

  constructor(history: History, plan: Plan) {
    this.#history = history;
    this.#plan = plan;
  }

  /** Reads and writes that have begun and not ended. */
  get open(): number {
    return this.#open.size;
  }

  begin(one: object, process: string, what: string): void {
    this.#open.set(one, { process, what, at: this.#history.moment().at });
  }

  end(one: object): void {
    this.#open.delete(one);
  }

  /** What a crashed process had begun ends with it. */
  crashed(process: string): void {
    for (const [one, { process: its }] of this.#open) if (its === process) this.#open.delete(one);
  }

  neverEnded(): void {
    for (const { process, what, at } of this.#open.values())
      this.#report(`${process}: ${what}, begun at ${at}, never ended`, []);
  }

  /** Invariants 1 and 2, and that an expired answer is not served as a fresh one. */
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

  /** It says that it may be behind, and is so by a bounded time. What was `set` was true when it was called. */
  #brokenUnverified(read: Read, source: Source): Broken | null {
    const since = read.began.at - this.#plan.blindFreshMs;
    const latest = this.#history.stateAt(read.key, since);
    if (latest <= source.state || (source.kind === 'set' && source.began.at >= since)) return null;
    return { why: `is more than ${this.#plan.blindFreshMs} ms behind state ${latest}`, change: null };
  }

  failed(read: Read, error: unknown): void {
    if (isExpectedFailure(error)) return;
    this.#report(`${read.process} ${read.how} ${read.key} from ${read.began.at} failed: ${String(error)}`, []);
  }

  /** One load per key in a process, as long as nothing hits the key; also out of the log's reach, where no lock helps. */
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

  /** In a calm world a reader waits for loads that it may have the answer of, and for nothing else. */
  waited(read: Read, source: Source): void {
    if (!this.#plan.isCalm || source.process !== read.process || source.began.order < read.began.order) return;
    const outdatedBy = this.#history.lastAcknowledged(read.key, 'invalidate', read.began);
    let since = read.began.at;
    for (const other of this.#history.sources) {
      if (other.key !== read.key || other.began.order >= source.began.order) continue;
      if (!(outdatedBy && isBefore(other, outdatedBy.called))) since = Math.max(since, other.ended?.at ?? since);
    }
    const waitedMs = source.began.at - since;
    if (waitedMs <= CALM_TURN_MS) return;
    this.#report(
      `${read.process} read ${read.key} at ${read.began.at} and waited ${waitedMs} ms for no load that it may have the answer of`,
      aroundRead(this.#history, read, source, outdatedBy ?? null),
    );
  }

  /** Invariant 3: one cold key, any number of readers and processes. */
  burst(key: string, loads: number, readers: number): void {
    if (loads <= 1) return;
    const lines = this.#history.sources.filter((source) => source.key === key).map(shown);
    this.#report(`${readers} readers of the cold key ${key} caused ${loads} loads, and not one`, lines);
  }

  /** Compare-and-set: while an entry is stored, only a newer load takes its place. */
  stored(key: string, before: Stamp | null, stamp: Stamp): void {
    if (!before || compareStamps(before, stamp) <= 0) return;
    this.#report(
      `the shared tier held ${key} as of ${before.epoch}-${before.asOf} and now holds it as of ${stamp.epoch}-${stamp.asOf}`,
      this.#history.sources.filter((source) => source.key === nameOf(key)).map(shown),
    );
  }

  /** Invariant 2, whenever the read began: a process neither serves from a tier nor stores what it knows to be hit. */
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

  /** Once faults have stopped, two leases later all that is served is verified. */
  calmAgain(read: Read, answer: Answered): void {
    if (answer.verified) return;
    this.#report(
      `${read.process} read ${read.key} at ${read.began.at}, two leases after the last fault, and the answer is unverified`,
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
    if (this.wrong.length < MOST_REPORTS) this.wrong.push({ what, lines });
  }
}

/** What says of an entry how old it is. */
interface Stored extends Stamp {
  readonly key: string;
}

interface Broken {
  readonly why: string;
  readonly change: Change | null;
}

/** Whether it was over, or its load began, for sure before a change was called: a `set` happens somewhere in its time. */
function isBefore(source: Source, called: Moment): boolean {
  if (source.renewed) return source.renewed.order < called.order;
  if (source.kind === 'load') return source.began.order < called.order;
  return source.ended !== null && source.ended.order < called.order;
}

function isExpectedFailure(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'LOAD_TIMED_OUT' || code === 'SIMULATED_FAILURE' || code === 'ORIGIN_UNAVAILABLE';
}
