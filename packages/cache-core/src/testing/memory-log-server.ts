import type { Clock } from '../clock.ts';
import type {
  Append,
  Appended,
  Following,
  LogPart,
  LogRecord,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from '../log/port.ts';
import { outlasting } from '../log/receipt.ts';
import { Link } from './link.ts';
import { MemoryLog } from './memory-log.ts';
import { asKept, type MemoryLogHitLimits, MemoryLogHits } from './memory-log-hits.ts';
import { nextEpoch } from './next-epoch.ts';

/** How much it remembers, as the real one does. */
export interface MemoryLogLimits extends MemoryLogHitLimits {
  readonly mostRecords: number;
  /** The longest lease that its followers may have. */
  readonly maxLeaseMs: number;
}

/** What the record says that the other parts have at least. */
type Counts = Readonly<Record<'records' | 'hits' | 'scopedHits' | 'keyHits', number>>;

interface EpochState {
  readonly epoch: number;
  readonly run: number;
  head: number;
  renewals: number;
  counts: Counts;
  /** Whether the record, and the register, are still there. */
  hasRecord: boolean;
  hasFollowers: boolean;
  records: LogRecord[];
  readonly followers: Map<string, RegisteredFollower & { readonly renewedAt: number }>;
  readonly known: MemoryLogHits;
}

const LIMITS: MemoryLogLimits = {
  mostRecords: 10_000,
  mostSelectors: 8_000,
  mostScoped: 8_000,
  mostKeys: 8_000,
  maxLeaseMs: 1_000,
};

/** The log's server in memory, by the rules of the scripts in `redis/scripts`: each method is one of them. */
export class MemoryLogServer {
  /** Set it to false for a server that may evict, and is used all the same. */
  isTrusted = true;
  readonly #clock: Clock;
  readonly #limits: MemoryLogLimits;
  #run = 1;
  #begun = 0;
  #state: EpochState | null = null;
  #events = new Map<string, Appended>();
  /** Requests for records that are not there yet. */
  readonly #waiting = new Set<() => void>();
  readonly #applied = new Set<() => void>();

  constructor(clock: Clock, limits: Partial<MemoryLogLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
  }

  get maxLeaseMs(): number {
    return this.#limits.maxLeaseMs;
  }

  /** The port of one process, over its link. */
  connect(link: Link = new Link(this.#clock), { stream = link, blockMs = 2_000 } = {}): MemoryLog {
    return new MemoryLog(this, link, stream, blockMs);
  }

  /** Everything is gone, and the server runs on. */
  flushAll(): void {
    this.#state = null;
    this.#events.clear();
  }

  /** One key is gone, evicted or deleted, and the server runs on. */
  lose(part: LogPart): void {
    const state = this.#state;
    if (!state) return;
    if (part === 'record') state.hasRecord = false;
    if (part === 'stream') state.records = [];
    if (part === 'followers') {
      state.hasFollowers = false;
      state.followers.clear();
    }
    if (part === 'hits') state.known.hits.clear();
    if (part === 'scoped-hits') state.known.scopedHits.clear();
    if (part === 'key-hits') state.known.keyHits.clear();
  }

  /** Another run of the server, which may not have kept the last appends. */
  restart({ losingLast = 0 } = {}): void {
    this.#run++;
    const state = this.#state;
    if (!state) return;
    state.head -= Math.min(losingLast, state.head);
    state.records = state.records.filter(({ position }) => position <= state.head);
    state.known.dropAfter(state.head);
    state.counts = countsOf(state); // the record is as old as the other keys
    for (const [id, { position }] of this.#events) if (position > state.head) this.#events.delete(id);
  }

  /** As `InvalidationLog.append`. */
  append({ eventId, mode, selectors: given, knownEpoch }: Append): Appended {
    const state = this.#current(knownEpoch);
    const before = eventId === null ? undefined : this.#events.get(eventId);
    if (before?.epoch === state.epoch) return before;
    const appended = { epoch: state.epoch, position: ++state.head };
    const selectors = given.map(asKept);
    state.records.push({ ...appended, mode, selectors });
    if (state.records.length > this.#limits.mostRecords) state.records.shift();
    state.known.record(mode, selectors, appended.position);
    if (eventId !== null) this.#events.set(eventId, appended);
    state.counts = countsOf(state);
    for (const look of [...this.#waiting]) look();
    return appended;
  }

  /** As `InvalidationLog.renew`. */
  renew({ id, epoch, applied, leaseMs }: Following): Renewal {
    let state = this.#current(epoch);
    // Nobody can have applied what is not there: the log lost it.
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
    return { epoch, head, floor: known.floor, lastHits: known.all };
  }

  /** As `InvalidationLog.readAfter`. */
  readAfter(epoch: number, position: number): LogRecord[] {
    const state = this.#state;
    if (!state || state.epoch < epoch) return [];
    const after = state.epoch === epoch ? position : -1;
    return state.records.filter((record) => record.position > after).slice(0, 1_000);
  }

  /** Answers as soon as there are any; gives what calls the waiting off. */
  waitAfter(epoch: number, position: number, answer: (records: LogRecord[]) => void): () => void {
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
    for (const tell of [...this.#applied]) tell();
  }

  /** As `InvalidationLog.register`. */
  register(epoch: number): ReadonlyMap<string, RegisteredFollower> | null {
    const state = this.#current(epoch);
    return state.epoch === epoch ? new Map(state.followers) : null;
  }

  /** `renewals` undefined: it leaves by itself. */
  drop(id: string, epoch: number, renewals?: number): void {
    const state = this.#current(epoch);
    if (state.epoch !== epoch) return;
    if (renewals !== undefined && state.followers.get(id)?.renewals !== renewals) return;
    state.followers.delete(id);
  }

  /** Takes those out of the register whose lease has ended since they renewed, as `drop` would. */
  forgetLapsed(): void {
    for (const [id, { renewedAt, leaseMs }] of this.#state?.followers ?? [])
      if (this.#clock.monotonic() >= renewedAt + outlasting(leaseMs)) this.#state?.followers.delete(id);
  }

  /** As `InvalidationLog.onApplied`. */
  onApplied(listener: () => void): () => void {
    this.#applied.add(listener);
    return () => this.#applied.delete(listener);
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
      // A number that was seen once comes back only with the record gone.
      renewals: this.#state?.hasRecord ? this.#state.renewals : 0,
      counts: { records: 0, hits: 0, scopedHits: 0, keyHits: 0 },
      hasRecord: true,
      hasFollowers: true,
      records: [],
      followers: new Map(),
      known: new MemoryLogHits(this.#limits),
    };
    return this.#state;
  }
}

function countsOf({ records, known: { hits, scopedHits, keyHits } }: EpochState): Counts {
  return { records: records.length, hits: hits.size, scopedHits: scopedHits.size, keyHits: keyHits.size };
}

/** As `is_whole` of `redis/scripts/epoch.lua`. */
function isWhole(state: EpochState): boolean {
  const { records, hits, scopedHits, keyHits } = countsOf(state);
  const { counts, hasRecord, hasFollowers } = state;
  return (
    hasRecord &&
    hasFollowers &&
    records >= counts.records &&
    hits >= counts.hits &&
    scopedHits >= counts.scopedHits &&
    keyHits >= counts.keyHits
  );
}
