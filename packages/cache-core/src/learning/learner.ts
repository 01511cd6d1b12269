import { isDeepStrictEqual } from 'node:util';
import type { Follower } from '../log/follower.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { CacheKey } from '../model/key.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { CacheStats } from '../stats/read-counters.ts';
import type { Decision } from './decision.ts';
import { learnedStats } from './learned-stats.ts';
import { type Learnt, RateRegistry } from './rate-registry.ts';

export interface LearnerOptions {
  readonly memory: MemoryTier;
  readonly follower: Follower;
}

/** The parts of an entry that two answers are compared by. */
interface ComparedAnswer {
  readonly body: Buffer;
}

export interface LoadEnded {
  readonly key: CacheKey;
  readonly policy: Pick<ResolvedPolicy, 'learn'>;
  /** The earlier answer, if the load received one. */
  readonly before: CachedEntry | null;
  readonly answer: ComparedAnswer & { readonly kind: string | null };
  /** When it began, by the wall clock. */
  readonly loadedAt: number;
}

/** Learns from each reload how often answers change without an invalidation, and how long they may be fresh. */
export class Learner {
  readonly #options: LearnerOptions;
  readonly #rates = new RateRegistry();

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** Call before each stored load. Returns its fresh time in ms, or null to use the policy's. */
  learn(ended: LoadEnded): number | null {
    const { key, policy, answer } = ended;
    if (!policy.learn) return null;
    const learnt = { key, kind: answer.kind, learning: policy.learn };
    // Expired entries count too: they stay in memory until room is needed.
    const before = this.#options.memory.peek(key) ?? ended.before;
    if (before) this.#compare(ended, before, learnt);
    const { mode, freshForMs } = this.#rates.decide(learnt);
    return mode === 'on' ? freshForMs : null;
  }

  #compare({ answer, loadedAt }: LoadEnded, before: CachedEntry, learnt: Learnt): void {
    const { epoch, index } = this.#options.follower;
    if (before.epoch !== epoch) return;
    const { asOf } = before;
    // Such reloads are skipped whether the answer differs or not: counting only equal answers would make changes look
    // rarer than they are.
    if (index.isHitSince('invalidate', before, asOf) || index.isHitSince('expire', before, asOf))
      this.#rates.noteAnnounced(learnt);
    else if (loadedAt > before.loadedAt)
      // Otherwise the clocks of two processes differ, or one was set back.
      this.#rates.observe(learnt, {
        apartMs: loadedAt - before.loadedAt,
        changed: !isSameAnswer(before, answer, learnt.learning.ignoring),
        waitedMs: Math.max(0, loadedAt - before.freshUntil),
      });
  }

  /**
   * Returns the present decision for a key and its reason; null if the key is not learnt, or nothing of its prefix was
   * loaded here yet.
   */
  explain(key: CacheKey): Decision | null {
    return this.#rates.explain(key);
  }

  /** Returns the stats with the learnt values of each prefix added. */
  addedTo(stats: CacheStats): CacheStats {
    const endpoints = { ...stats.endpoints };
    for (const [name, rates] of this.#rates.prefixes()) {
      const counts = endpoints[name];
      if (counts) endpoints[name] = { ...counts, learned: learnedStats(rates) };
    }
    return { ...stats, endpoints };
  }
}

/** Returns true if two answers are equal, apart from the members of the outermost object that `ignoring` names. */
function isSameAnswer(before: ComparedAnswer, now: ComparedAnswer, ignoring: readonly string[]): boolean {
  if (before.body.equals(now.body)) return true;
  if (ignoring.length === 0 || before.body.length === 0 || now.body.length === 0) return false;
  return isDeepStrictEqual(without(before.body, ignoring), without(now.body, ignoring));
}

function without(body: Buffer, ignoring: readonly string[]): unknown {
  const value: unknown = JSON.parse(body.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !ignoring.includes(name)));
}
