import { withClockDrift } from '../log/receipt.ts';
import { asStored, SnapshotHits, type SnapshotLimits } from '../log/snapshot-hits.ts';
import type { Clock } from '../model/clock.ts';
import { keyOfToken, type SelectorToken } from '../model/selector.ts';
import type {
  Append,
  Appended,
  AppendReply,
  AppliedByAll,
  Following,
  InvalidationRecord,
  LogPart,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from '../ports/invalidation-log.ts';
import { Link } from './link.ts';
import { MemoryLog } from './memory-log.ts';
import { nextEpoch } from './next-epoch.ts';

/** How many records and selectors the server remembers, as the log on Redis does. */
export interface MemoryLogLimits {
  readonly maxRecords: number;
  /** Of everything, prefixes and tags. */
  readonly maxSelectors: number;
  readonly maxScoped: number;
  readonly maxKeys: number;
  /** The longest lease that a follower may have. */
  readonly maxLeaseMs: number;
}

/** The parts whose members the record counts. */
const COUNTED_PARTS = ['stream', 'hits', 'scoped-hits', 'key-hits'] as const;
/** The least number of members that each part has, according to the record. */
type Counts = Readonly<Record<(typeof COUNTED_PARTS)[number], number>>;

/** As `KEYS_ELSEWHERE` of `redis/redis-log.ts`: it counts as a selector, and no snapshot holds it. */
const KEYS_ELSEWHERE = 'keys' as SelectorToken;

interface EpochState {
  readonly epoch: number;
  readonly run: number;
  head: number;
  renewals: number;
  counts: Counts;
  /** False once the record, or the register, is lost. */
  hasRecord: boolean;
  hasFollowers: boolean;
  records: InvalidationRecord[];
  readonly followers: Map<string, RegisteredFollower & { readonly renewedAt: number }>;
  known: SnapshotHits;
}

const LIMITS: MemoryLogLimits = {
  maxRecords: 10_000,
  maxSelectors: 8_000,
  maxScoped: 8_000,
  maxKeys: 8_000,
  maxLeaseMs: 1_000,
};

/** The log's server in memory, with the rules of the scripts in `redis/scripts`: each method corresponds to one script. */
export class MemoryLogServer {
  /** Set to false for a server that may evict but is used all the same. */
  isTrusted = true;
  readonly #clock: Clock;
  readonly #limits: MemoryLogLimits;
  #run = 1;
  #begun = 0;
  #state: EpochState | null = null;
  #events = new Map<string, Appended>();
  /** Requests that wait for records. */
  readonly #waiting = new Set<() => void>();
  readonly #applied = new Set<(proof: AppliedByAll) => void>();

  constructor(clock: Clock, limits: Partial<MemoryLogLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
  }

  get maxLeaseMs(): number {
    return this.#limits.maxLeaseMs;
  }

  /** Returns the port of one process, over its link. */
  connect(link: Link = new Link(this.#clock), { stream = link, blockMs = 2_000 } = {}): MemoryLog {
    return new MemoryLog(this, link, stream, blockMs);
  }

  /** Loses everything, while the server keeps running. */
  flushAll(): void {
    this.#state = null;
    this.#events.clear();
  }

  /** Loses one key, as by an eviction or a deletion, while the server keeps running. */
  lose(part: LogPart): void {
    const state = this.#state;
    if (!state) return;
    if (part === 'record') state.hasRecord = false;
    if (part === 'stream') state.records = [];
    if (part === 'followers') {
      state.hasFollowers = false;
      state.followers.clear();
    }
    this.#keepHits(state, ({ selector }) => partOf(selector) !== part);
  }

  /** Restarts the server, which may lose the last appends. */
  restart({ losingLast = 0 } = {}): void {
    this.#run++;
    const state = this.#state;
    if (!state) return;
    state.head -= Math.min(losingLast, state.head);
    state.records = state.records.filter(({ position }) => position <= state.head);
    this.#keepHits(state, ({ position }) => position <= state.head);
    state.counts = countsOf(state); // the record is as old as the other keys
    for (const [id, { position }] of this.#events) if (position > state.head) this.#events.delete(id);
  }

  /** As `InvalidationLog.append`. */
  append(append: Append): AppendReply {
    const appended = this.#appendOnce(append);
    return { ...appended, followers: new Map(this.#state?.followers) };
  }

  #appendOnce({ eventId, mode, selectors: requested, knownEpoch }: Append): Appended {
    const state = this.#current(knownEpoch);
    const before = eventId === null ? undefined : this.#events.get(eventId);
    if (before?.epoch === state.epoch) return before;
    const appended = { epoch: state.epoch, position: ++state.head };
    const selectors = requested.map(asStored);
    state.records.push({ ...appended, mode, selectors });
    if (state.records.length > this.#limits.maxRecords) state.records.shift();
    const hasKeys = selectors.some((selector) => keyOfToken(selector) !== null);
    state.known.record(mode, hasKeys ? [...selectors, KEYS_ELSEWHERE] : selectors, appended.position);
    if (eventId !== null) this.#events.set(eventId, appended);
    state.counts = countsOf(state);
    for (const look of [...this.#waiting]) look();
    return appended;
  }

  /** As `InvalidationLog.renew`. */
  renew({ id, epoch, applied, leaseMs }: Following): Renewal {
    let state = this.#current(epoch);
    // A follower cannot have applied a position above the head: the log lost records.
    if (epoch === state.epoch && applied > state.head) state = this.#begin(epoch);
    const registered = state.followers.get(id);
    const known = registered?.applied ?? -1;
    state.followers.set(id, {
      renewedAt: this.#clock.monotonic(),
      leaseMs,
      renewals: ++state.renewals,
      applied: epoch === state.epoch ? Math.max(known, applied) : known,
    });
    return { epoch: state.epoch, head: state.head, wasRegistered: registered !== undefined };
  }

  /** As `InvalidationLog.snapshot`. */
  snapshot(knownEpoch: number): Snapshot {
    const { epoch, head, known } = this.#current(knownEpoch);
    const lastHits = known.lastHits.filter(({ selector }) => selector !== KEYS_ELSEWHERE);
    return { epoch, head, floor: known.floor, lastHits };
  }

  /** As `InvalidationLog.readAfter`. */
  readAfter(epoch: number, position: number): InvalidationRecord[] {
    const state = this.#state;
    if (!state || state.epoch < epoch) return [];
    const after = state.epoch === epoch ? position : -1;
    return state.records.filter((record) => record.position > after).slice(0, 1_000);
  }

  /** Answers as soon as there are records. Returns a function that cancels the wait. */
  waitAfter(epoch: number, position: number, answer: (records: InvalidationRecord[]) => void): () => void {
    const look = () => {
      const records = this.readAfter(epoch, position);
      if (records.length === 0) return;
      this.#waiting.delete(look);
      answer(records);
    };
    this.#waiting.add(look);
    look();
    return () => this.#waiting.delete(look);
  }

  /** As `InvalidationLog.publishApplied`. */
  publishApplied({ id, epoch, applied }: { id: string; epoch: number; applied: number }): void {
    const { epoch: now, followers } = this.#current(epoch);
    const registered = followers.get(id);
    if (!registered || epoch !== now || applied < registered.applied) return;
    followers.set(id, { ...registered, applied });
    if ([...followers.values()].some((other) => other.applied < applied)) return;
    for (const notify of [...this.#applied]) notify({ epoch, position: applied, followers: [...followers.keys()] });
  }

  /** As `InvalidationLog.register`. */
  register(epoch: number): ReadonlyMap<string, RegisteredFollower> | null {
    const state = this.#current(epoch);
    return state.epoch === epoch ? new Map(state.followers) : null;
  }

  /** Removes a follower; without `renewals` the follower leaves by itself. */
  drop(id: string, epoch: number, renewals?: number): void {
    const state = this.#current(epoch);
    if (state.epoch !== epoch) return;
    if (renewals !== undefined && state.followers.get(id)?.renewals !== renewals) return;
    state.followers.delete(id);
  }

  /** Drops the followers whose lease has ended since they renewed, as `drop` does. */
  forgetLapsed(): void {
    for (const [id, { renewedAt, leaseMs }] of this.#state?.followers ?? [])
      if (this.#clock.monotonic() >= renewedAt + withClockDrift(leaseMs)) this.#state?.followers.delete(id);
  }

  /** As `InvalidationLog.onApplied`. */
  onApplied(listener: (proof: AppliedByAll) => void): () => void {
    this.#applied.add(listener);
    return () => this.#applied.delete(listener);
  }

  get #hitLimits(): SnapshotLimits {
    const { maxSelectors, maxScoped, maxKeys } = this.#limits;
    return { selectors: maxSelectors, scopedHits: maxScoped, keyHits: maxKeys };
  }

  #keepHits(state: EpochState, isInMemory: (hit: Snapshot['lastHits'][number]) => boolean): void {
    const { floor, lastHits } = state.known;
    state.known = new SnapshotHits(this.#hitLimits, { floor, lastHits: lastHits.filter(isInMemory) });
  }

  #current(knownEpoch: number): EpochState {
    const state = this.#state;
    if (state && state.run === this.#run && state.epoch >= knownEpoch && isWhole(state)) return state;
    return this.#begin(Math.max(state?.hasRecord ? state.epoch : 0, knownEpoch));
  }

  #begin(above: number): EpochState {
    this.#state = {
      epoch: nextEpoch(above, this.#clock.now(), { run: this.#run, counted: ++this.#begun }),
      run: this.#run,
      head: 0,
      // A renewal number repeats only after the loss of the record.
      renewals: this.#state?.hasRecord ? this.#state.renewals : 0,
      counts: { stream: 0, hits: 0, 'scoped-hits': 0, 'key-hits': 0 },
      hasRecord: true,
      hasFollowers: true,
      records: [],
      followers: new Map(),
      known: new SnapshotHits(this.#hitLimits),
    };
    return this.#state;
  }
}

function partOf(selector: SelectorToken): LogPart {
  if (selector.startsWith('s:')) return 'scoped-hits';
  return keyOfToken(selector) === null ? 'hits' : 'key-hits';
}

function countsOf({ records, known }: EpochState): Counts {
  return {
    stream: records.length,
    hits: known.count('hits'),
    'scoped-hits': known.count('scoped-hits'),
    'key-hits': known.count('key-hits'),
  };
}

/** As `is_whole` of `redis/scripts/epoch.lua`. */
function isWhole(state: EpochState): boolean {
  const now = countsOf(state);
  return state.hasRecord && state.hasFollowers && COUNTED_PARTS.every((part) => now[part] >= state.counts[part]);
}
