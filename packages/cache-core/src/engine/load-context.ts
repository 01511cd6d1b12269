import type { CachedEntry } from '../model/cached-entry.ts';
import { type Duration, toMs } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import { type StaleFor, staleTimes } from '../model/policy.ts';
import { checkedScope, type Scope, union } from '../model/scope.ts';
import { checkedTag } from '../model/selector.ts';
import type { Frozen } from '../model/value.ts';
import type { Cancellable } from './timed-call.ts';

/**
 * The argument of a load. Its methods describe the answer, for every kind of load: for a reader, in the background and for warming.
 */
export interface LoadContext<Value = unknown> {
  readonly key: CacheKey;
  /** Aborted when the load times out. */
  readonly signal: AbortSignal;
  /** The last answer if only its time has ended; null if there is none or an invalidation hit it. */
  readonly stale: StaleAnswer<Value> | null;
  /** Adds tags to the answer. An invalidation of one of them hits it. */
  tag(...tags: string[]): void;
  /** Sets the part of the data that the answer depends on. Several calls add up; without a call it depends on all data. */
  scope(scope: Scope): void;
  /**
   * Sets the kind of the answer, for policies that learn freshness times: they learn from other answers of the kind, too. Use it if
   * some answers of a prefix change more often than others, such as `'closed'` and `'current'`. 1 to 100 characters; at most 30 kinds.
   */
  kind(name: string): void;
  /** Replaces the policy's `freshFor` for this answer. */
  freshFor(duration: Duration): void;
  /** Replaces the policy's `staleFor` for this answer. */
  staleFor(duration: Duration | StaleFor): void;
  /** Returns the answer to the readers that wait for it, and stores it nowhere. */
  skipStore(): void;
  /** Return its result if the origin reports that `stale` is still its answer. The answer is then stored again. */
  notModified(): NotModified;
}

/** The answer that a load replaces. */
export interface StaleAnswer<Value = unknown> {
  readonly value: Frozen<Value>;
  readonly etag: string;
  /** Milliseconds since its load began. */
  readonly ageMs: number;
}

const NOT_MODIFIED = Symbol('not modified');
/** The result of `notModified()`, which a load returns. */
export type NotModified = typeof NOT_MODIFIED;

export function isNotModified(value: unknown): value is NotModified {
  return value === NOT_MODIFIED;
}

/** How a load has described its answer. */
export interface LoadMetadata {
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  readonly kind: string | null;
  readonly freshForMs: number | null;
  readonly staleTimes: { readonly revalidateForMs: number; readonly staleForMs: number } | null;
  readonly store: boolean;
}

const MAX_TAGS = 1_000;
const MAX_KIND_LENGTH = 100;

/** One run of a load for one key: makes the load's context and collects the description of the answer. */
export class LoadCall {
  readonly key: CacheKey;
  /** The last answer if only its time has ended, else null. */
  readonly stale: CachedEntry | null;
  /** The argument of the load. Its functions work without their object, because loads destructure it. */
  readonly context: LoadContext;
  readonly #now: () => number;
  readonly #tags = new Set<string>();
  /** Undefined until the load sets it; null if the answer depends on all data. */
  #scope: Scope | null | undefined;
  #kind: string | null = null;
  #freshForMs: number | null = null;
  #staleTimes: LoadMetadata['staleTimes'] = null;
  #store = true;
  #hasEnded = false;

  /** @param now wall clock in milliseconds since 1970 */
  constructor(key: CacheKey, stale: CachedEntry | null, cancellable: Cancellable, now: () => number) {
    this.key = key;
    this.stale = stale;
    this.#now = now;
    this.context = this.#contextOf(cancellable);
  }

  /** Ends the call: returns the description of its answer. A later change of it throws. */
  end(): LoadMetadata {
    this.#hasEnded = true;
    return {
      tags: [...this.#tags],
      scope: this.#scope ?? null,
      kind: this.#kind,
      freshForMs: this.#freshForMs,
      staleTimes: this.#staleTimes,
      store: this.#store,
    };
  }

  #contextOf(cancellable: Cancellable): LoadContext {
    const staleAnswer = () => this.#staleAnswer();
    return {
      key: this.key,
      get signal() {
        return cancellable.signal;
      },
      get stale() {
        return staleAnswer();
      },
      tag: (...tags) => this.#addTags(tags),
      scope: (scope) => this.#addScope(scope),
      kind: (name) => this.#setKind(name),
      freshFor: (duration) => {
        this.#throwIfEnded('freshFor');
        this.#freshForMs = toMs('freshFor', duration);
      },
      staleFor: (duration) => {
        this.#throwIfEnded('staleFor');
        this.#staleTimes = staleTimes(duration);
      },
      skipStore: () => {
        this.#throwIfEnded('skipStore');
        this.#store = false;
      },
      notModified: () => this.#notModified(),
    };
  }

  #staleAnswer(): StaleAnswer | null {
    const { stale } = this;
    if (!stale) return null;
    return {
      value: stale.value(),
      get etag() {
        return stale.etag;
      },
      ageMs: this.#now() - stale.loadedAt,
    };
  }

  #addTags(tags: readonly string[]): void {
    if (this.#hasEnded) this.#throwIfEnded(`tag ${tags.join(', ')}`);
    for (const tag of tags) {
      this.#tags.add(checkedTag(tag));
    }
    const { size } = this.#tags;
    if (size > MAX_TAGS)
      throw new InvalidArgument(`tags of ${this.key}`, `at most ${MAX_TAGS}`, size, 'use a scope or a prefix instead');
  }

  #addScope(scope: Scope): void {
    this.#throwIfEnded('scope');
    const checked = checkedScope(scope);
    this.#scope = this.#scope === undefined ? checked : union(this.#scope, checked);
  }

  #setKind(name: string): void {
    this.#throwIfEnded('kind');
    if (typeof name !== 'string' || name === '' || name.length > MAX_KIND_LENGTH)
      throw new InvalidArgument(`kind of ${this.key}`, `1 to ${MAX_KIND_LENGTH} characters`, name);
    this.#kind = name;
  }

  #notModified(): NotModified {
    if (!this.stale)
      throw new InvalidArgument('notModified', 'an answer to keep in `stale`', null, 'return a value when it is null');
    return NOT_MODIFIED;
  }

  #throwIfEnded(description: string): void {
    if (this.#hasEnded)
      throw new InvalidArgument(`the load of ${this.key}`, 'to describe its answer before it ends', description);
  }
}
