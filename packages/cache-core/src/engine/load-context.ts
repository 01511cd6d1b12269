import { type Duration, toMs } from '../duration.ts';
import { InvalidArgument } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import { type StaleFor, staleTimes } from '../policy.ts';
import { checkedScope, type Scope, union } from '../scope.ts';
import { toToken } from '../selector.ts';
import type { Kept } from '../tiers/kept.ts';
import type { Frozen } from '../value.ts';

/** What a load may ask and say. What it says of its answer holds on every path: a reader's load, a reload, a warming. */
export interface LoadContext<Value = unknown> {
  readonly key: CacheKey;
  /** Aborted when the load has taken too long. */
  readonly signal: AbortSignal;
  /** The last answer, if time alone has outdated it; never one that an invalidation hit. */
  readonly stale: StaleAnswer<Value> | null;
  /** Names what the answer depends on, so that an invalidation by tag hits it. */
  tag(...tags: string[]): void;
  /** What part of the data the answer depends on. Said twice, it depends on both; never said, on everything. */
  scope(scope: Scope): void;
  /**
   * Where times are learnt: what kind of answer it is, so that it is learnt from others of its kind, too. For answers of one
   * prefix of which some change more often than others: `'closed'` and `'current'`. 1 to 100 characters; at most 30 kinds.
   */
  kind(name: string): void;
  /** In place of the policy's time, decided from the value. */
  freshFor(duration: Duration): void;
  /** In place of the policy's, decided from the value. */
  staleFor(duration: Duration | StaleFor): void;
  /** The answer is given to those who wait for it, and kept nowhere. */
  skipStore(): void;
  /** To be returned when the origin says that `stale` is still its answer: it is kept for another time. */
  notModified(): NotModified;
}

/** What a load is told of the answer that it replaces. */
export interface StaleAnswer<Value = unknown> {
  readonly value: Frozen<Value>;
  readonly etag: string;
  /** Milliseconds since its load began. */
  readonly ageMs: number;
}

const NOT_MODIFIED = Symbol('not modified');
/** What `notModified()` gives, to be returned by a load. */
export type NotModified = typeof NOT_MODIFIED;

export function isNotModified(value: unknown): value is NotModified {
  return value === NOT_MODIFIED;
}

/** What a load has said of its answer. */
export interface Said {
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  readonly kind: string | null;
  readonly freshForMs: number | null;
  readonly staleTimes: { readonly revalidateForMs: number; readonly staleForMs: number } | null;
  readonly store: boolean;
}

/** The most tags of one answer. */
const MOST_TAGS = 1_000;
const LONGEST_KIND = 100;

/** One call of a load: what it is told, and what it says. `before` is the last answer, outdated by time alone. */
export function beginCall(
  key: CacheKey,
  signal: AbortSignal,
  before: Kept | null,
  now: () => number,
): { context: LoadContext; said(): Said } {
  const tags = new Set<string>();
  let scope: Scope | null | undefined;
  let kind: string | null = null;
  let times: Pick<Said, 'freshForMs' | 'staleTimes' | 'store'> = { freshForMs: null, staleTimes: null, store: true };
  let isOver = false;
  const inTime = (saying: string) => {
    if (isOver) throw new InvalidArgument(`the load of ${key}`, 'to say all of its answer before it ends', saying);
  };
  const context: LoadContext = {
    key,
    signal,
    get stale() {
      return before && { value: before.value(), etag: before.etag, ageMs: now() - before.loadedAt };
    },
    tag: (...more) => {
      inTime(`tag ${more.join(', ')}`);
      for (const tag of more) {
        toToken({ tag }); // refuses what no invalidation could name
        tags.add(tag);
      }
      if (tags.size > MOST_TAGS)
        throw new InvalidArgument(
          `tags of ${key}`,
          `at most ${MOST_TAGS}`,
          tags.size,
          'a scope or a prefix names many',
        );
    },
    scope: (more) => {
      inTime('scope');
      scope = scope === undefined ? checkedScope(more) : union(scope, checkedScope(more));
    },
    kind: (name) => {
      inTime('kind');
      if (typeof name !== 'string' || name === '' || name.length > LONGEST_KIND)
        throw new InvalidArgument(`kind of ${key}`, `1 to ${LONGEST_KIND} characters`, name);
      kind = name;
    },
    freshFor: (duration) => {
      inTime('freshFor');
      times = { ...times, freshForMs: toMs('freshFor', duration) };
    },
    staleFor: (duration) => {
      inTime('staleFor');
      times = { ...times, staleTimes: staleTimes(duration) };
    },
    skipStore: () => {
      inTime('skipStore');
      times = { ...times, store: false };
    },
    notModified: () => notModified(before),
  };
  const said = () => {
    isOver = true;
    return { tags: [...tags], scope: scope ?? null, kind, ...times };
  };
  return { context, said };
}

function notModified(before: Kept | null): NotModified {
  if (!before)
    throw new InvalidArgument('notModified', 'an answer to keep in `stale`', null, 'return a value when it is null');
  return NOT_MODIFIED;
}
