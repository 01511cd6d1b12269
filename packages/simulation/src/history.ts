import type { InvalidationMode, Stamp } from '@pilotlight/cache-core';
import { Hits } from './hits.ts';

/** The source of a value: a load of the origin, or a `set`. Its number is the value that the cache stores. */
export interface Source {
  readonly id: number;
  readonly kind: 'load' | 'set';
  readonly process: string;
  readonly key: string;
  /** The state of the origin that it shows. A load sets it when it reads the origin. */
  state: number;
  readonly began: Moment;
  readonly stamp: Stamp;
  ended: Moment | null;
  /** When the last later load began that found the value unchanged at the origin. */
  renewed: Moment | null;
  /** Its load declared that the answer must not be stored. */
  isSkipped: boolean;
}

/** `order` counts all events, so that two events in the same millisecond have a known order. */
export interface Moment {
  readonly at: number;
  readonly order: number;
}

/** A call of `invalidate`, `expire`, `set` or `delete`, until it is acknowledged. */
export interface Change {
  readonly id: number;
  readonly process: string;
  readonly mode: InvalidationMode;
  readonly what: string;
  /** Names of the keys that it hits regardless of the content of their entries. */
  readonly keys: readonly string[];
  /** The states of the origin that it announces, by key; empty if nothing changed. */
  readonly states: ReadonlyMap<string, number>;
  readonly called: Moment;
  acknowledged: Moment | null;
  /** Its position in the log, from the acknowledgement. */
  stamp: Stamp | null;
}

export interface Read {
  readonly process: string;
  readonly key: string;
  readonly how: 'read' | 'get' | 'batch' | 'warm' | 'own';
  readonly began: Moment;
  /** Whether the process was current when the read began. */
  readonly wasCurrent: boolean;
  /** The change whose receipt, applied or pending, was the minimum position of the read; null for a read without one. */
  readonly own: Change | null;
}

export interface Answered {
  /** Null if there was none. */
  readonly source: Source | null;
  readonly outcome: string;
  readonly tier: string | null;
  readonly verified: boolean;
  readonly collapsed: boolean;
  readonly stamp: Stamp | null;
}

export interface FaultNote {
  readonly at: number;
  readonly process: string | null;
  readonly what: string;
}

interface KeyHistory {
  /** Acknowledged changes in the order of their acknowledgement, each with the latest change called so far. */
  readonly acknowledged: Record<InvalidationMode, { at: Moment; latest: Change }[]>;
  readonly written: { at: Moment; latest: Change }[];
  readonly made: { at: number; state: number }[];
  readonly changes: Change[];
}

/** Everything that is observable from outside the engine. */
export class History {
  readonly tally = {
    reads: 0,
    hits: 0,
    stale: 0,
    collapsed: 0,
    unverified: 0,
    failed: 0,
    loads: 0,
    writes: 0,
    applied: 0,
    pending: 0,
    faults: 0,
  };
  readonly sources: Source[] = [];
  readonly changes: Change[] = [];
  readonly faults: FaultNote[] = [];
  readonly hits = new Hits();
  readonly #now: () => number;
  readonly #keys = new Map<string, KeyHistory>();
  #order = 0;
  #digest = 2_166_136_261;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A hash of all events in their order; it is equal for another run of the seed. */
  get digest(): number {
    return this.#digest;
  }

  /** FNV-1a, one number at a time. */
  mix(number: number): void {
    this.#digest = Math.imul(this.#digest ^ number, 16_777_619) >>> 0;
  }

  /** Returns the current moment, which comes after everything noted before. */
  moment(): Moment {
    const at = this.#now();
    this.mix(at);
    return { at, order: this.#order++ };
  }

  /** Records a fault of a process or a server. */
  fault(process: string | null, what: string): void {
    this.tally.faults++;
    this.faults.push({ at: this.#now(), process, what });
  }

  /** Records that the origin shows this state of the key from now on. */
  made(key: string, state: number): void {
    this.tally.writes++;
    this.of(key).made.push({ at: this.#now(), state });
  }

  /** Records the call of a change. */
  call(change: Pick<Change, 'process' | 'mode' | 'what' | 'keys' | 'states'>): Change {
    const called = { ...change, id: this.changes.length, called: this.moment(), acknowledged: null, stamp: null };
    this.changes.push(called);
    for (const key of change.keys) this.of(key).changes.push(called);
    return called;
  }

  /** Records the acknowledgement of a change. */
  acknowledge(change: Change, stamp: Stamp | null): void {
    const at = this.moment();
    change.acknowledged = at;
    change.stamp = stamp;
    this.tally.applied++;
    for (const key of change.keys) {
      const { acknowledged, written } = this.of(key);
      append(acknowledged[change.mode], at, change, isCalledLater);
      if (change.states.has(key)) append(written, at, change, (a, b) => stateOf(a, key) > stateOf(b, key));
    }
  }

  /** Records the begin of a load or set, which may produce answers. */
  begin(source: Pick<Source, 'kind' | 'process' | 'key' | 'state' | 'stamp'>): Source {
    const began = {
      ...source,
      id: this.sources.length,
      began: this.moment(),
      ended: null,
      renewed: null,
      isSkipped: false,
    };
    this.sources.push(began);
    if (source.kind === 'load') this.tally.loads++;
    return began;
  }

  /** Returns the history of one key. */
  of(key: string): KeyHistory {
    let history = this.#keys.get(key);
    if (!history) {
      history = { acknowledged: { invalidate: [], expire: [] }, written: [], made: [], changes: [] };
      this.#keys.set(key, history);
    }
    return history;
  }

  /** Returns, of the changes of a key acknowledged before a moment, the one that was called last. */
  lastAcknowledged(key: string, mode: InvalidationMode, before: Moment): Change | undefined {
    return lastBefore(this.of(key).acknowledged[mode], before);
  }

  /** Returns, of the states of a key acknowledged before a moment, the latest. */
  lastWritten(key: string, before: Moment): Change | undefined {
    return lastBefore(this.of(key).written, before);
  }

  /** Returns whether anything was invalidated since then that may have hit a key without writes. */
  wasAllHitSince(moment: Moment): boolean {
    return this.changes.some(
      ({ what, acknowledged }) => (acknowledged === null || acknowledged.order > moment.order) && hitsAll(what),
    );
  }

  /** Returns the state of a key at the origin at an instant. */
  stateAt(key: string, instant: number): number {
    const { made } = this.of(key);
    for (let i = made.length - 1; i >= 0; i--) {
      const one = made[i];
      if (one && one.at < instant) return one.state;
    }
    return 0;
  }
}

/** Returns whether a change hits keys that it does not name. */
export const hitsAll = (what: string): boolean => /everything$|tag of all$/.test(what);

const isCalledLater = (a: Change, b: Change): boolean => a.called.order > b.called.order;

export const stateOf = ({ states }: Change, key: string): number => states.get(key) ?? 0;

function append(
  list: { at: Moment; latest: Change }[],
  at: Moment,
  change: Change,
  isLater: (a: Change, b: Change) => boolean,
): void {
  const before = list.at(-1)?.latest;
  list.push({ at, latest: before && isLater(before, change) ? before : change });
}

function lastBefore(list: readonly { at: Moment; latest: Change }[], before: Moment): Change | undefined {
  for (let i = list.length - 1; i >= 0; i--) {
    const one = list[i];
    if (one && one.at.order < before.order) return one.latest;
  }
  return undefined;
}
