import type { Stamp } from '../../entry.ts';
import type { InvalidationMode } from '../../selector.ts';
import { Hits } from './hits.ts';

/** Where a value came from: a load of the origin, or a `set`. Its number is the value that the cache holds. */
export interface Source {
  readonly id: number;
  readonly kind: 'load' | 'set';
  readonly process: string;
  readonly key: string;
  /** The state of the origin that it shows. A load knows it once it has looked. */
  state: number;
  readonly began: Moment;
  readonly stamp: Stamp;
  ended: Moment | null;
  /** When a later load last began that found it still to be the origin's answer. */
  renewed: Moment | null;
  /** Its load said that it is not to be kept. */
  isSkipped: boolean;
}

/** Order counts each thing that happens, so that of two at the same millisecond it is known which came first. */
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
  /** Names of the keys that it hits whatever their entries hold. */
  readonly keys: readonly string[];
  /** The states of the origin that it makes known, by key; none where nothing changed. */
  readonly states: ReadonlyMap<string, number>;
  readonly called: Moment;
  acknowledged: Moment | null;
  /** Where it stands in the log, as told with the acknowledgement. */
  stamp: Stamp | null;
}

export interface Read {
  readonly process: string;
  readonly key: string;
  readonly how: 'read' | 'get' | 'batch' | 'warm';
  readonly began: Moment;
  /** Whether the process's knowledge was current as it began. */
  readonly wasCurrent: boolean;
}

export interface Answered {
  /** Null: there was none. */
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
  /** Acknowledged changes in the order of their acknowledgement, each with the latest called so far. */
  readonly acknowledged: Record<InvalidationMode, { at: Moment; latest: Change }[]>;
  readonly written: { at: Moment; latest: Change }[];
  readonly made: { at: number; state: number }[];
  readonly changes: Change[];
}

/** What happened, as far as it can be told from outside the engine. */
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

  /** A number over all that happened, in its order: that of another run of the seed is the same. */
  get digest(): number {
    return this.#digest;
  }

  /** FNV-1a, a number at a time. */
  mix(number: number): void {
    this.#digest = Math.imul(this.#digest ^ number, 16_777_619) >>> 0;
  }

  /** Now, and after all that was noted before. */
  moment(): Moment {
    const at = this.#now();
    this.mix(at);
    return { at, order: this.#order++ };
  }

  /** A fault was injected, into a process or into a server. */
  fault(process: string | null, what: string): void {
    this.tally.faults++;
    this.faults.push({ at: this.#now(), process, what });
  }

  /** The origin shows this state of the key from now on. */
  made(key: string, state: number): void {
    this.tally.writes++;
    this.of(key).made.push({ at: this.#now(), state });
  }

  /** A change was asked for. */
  call(change: Pick<Change, 'process' | 'mode' | 'what' | 'keys' | 'states'>): Change {
    const called = { ...change, id: this.changes.length, called: this.moment(), acknowledged: null, stamp: null };
    this.changes.push(called);
    for (const key of change.keys) this.of(key).changes.push(called);
    return called;
  }

  /** A change was acknowledged. */
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

  /** A load or a set began, from which answers may come. */
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

  /** What became of one key. */
  of(key: string): KeyHistory {
    let history = this.#keys.get(key);
    if (!history) {
      history = { acknowledged: { invalidate: [], expire: [] }, written: [], made: [], changes: [] };
      this.#keys.set(key, history);
    }
    return history;
  }

  /** Of the changes of a key that were acknowledged before a moment, the one that was called last. */
  lastAcknowledged(key: string, mode: InvalidationMode, before: Moment): Change | undefined {
    return lastBefore(this.of(key).acknowledged[mode], before);
  }

  /** Of the states of a key that were acknowledged before a moment, the latest. */
  lastWritten(key: string, before: Moment): Change | undefined {
    return lastBefore(this.of(key).written, before);
  }

  /** Whether since then anything was invalidated that may have hit a key that nobody wrote to. */
  wasAllHitSince(moment: Moment): boolean {
    return this.changes.some(
      ({ what, acknowledged }) => (acknowledged === null || acknowledged.order > moment.order) && hitsAll(what),
    );
  }

  /** The state that the origin showed of a key at an instant. */
  stateAt(key: string, instant: number): number {
    const { made } = this.of(key);
    for (let i = made.length - 1; i >= 0; i--) {
      const one = made[i];
      if (one && one.at < instant) return one.state;
    }
    return 0;
  }
}

/** Whether a change hits keys that it does not name. */
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
