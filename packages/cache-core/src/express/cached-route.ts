import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheManager } from '../cache-manager.ts';
import type { SharedFinding } from '../engine/lookup.ts';
import type { Answer } from '../model/answer.ts';
import type { MinPosition } from '../model/min-position.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { ContentCodings } from './content-coding.ts';
import type { FixedHeaders } from './prepared-answer.ts';
import { type SentAnswer, sendAnswer } from './send-answer.ts';
import type { Target } from './targets.ts';

export interface CachedRouteOptions {
  readonly cache: CacheManager;
  readonly policy: ResolvedPolicy;
  readonly fixed: FixedHeaders;
  /** Null if the route does not compress. */
  readonly codings: ContentCodings | null;
  /** Returns whether the client may see the key in `Cache-Status`. Null if none may. */
  readonly showKey: ((request: IncomingMessage) => boolean) | null;
}

const NOTHING: readonly string[] = [];

/** The requests for which the fast path has found no fresh entry in the shared tier, and its findings. */
const findings = new WeakMap<IncomingMessage, SharedFinding>();

/** One cached route. Both ways to it, Express and the fast path, read and send its answers here. */
export class CachedRoute {
  readonly cache: CacheManager;
  readonly #policy: ResolvedPolicy;
  readonly #fixed: FixedHeaders;
  readonly #codings: ContentCodings | null;
  readonly #showKey: CachedRouteOptions['showKey'];

  constructor({ cache, policy, fixed, codings, showKey }: CachedRouteOptions) {
    this.cache = cache;
    this.#policy = policy;
    this.#fixed = fixed;
    this.#codings = codings;
    this.#showKey = showKey;
  }

  /** Answers from memory, without I/O. Returns null if answering would need I/O. */
  hit({ key, load, recipe }: Target): Answer | null {
    return this.cache.internal.reader.hit(key, load, this.#policy, recipe);
  }

  /**
   * Answers from the shared tier. Returns null if a read would not ask that tier next; resolves with null if the answer is not a
   * fresh entry of it. `read` then answers the same request, and does not ask the tier again.
   */
  sharedHit(request: IncomingMessage, { key, load, recipe }: Target): Promise<Answer | null> | null {
    const { reader } = this.cache.internal;
    const asked = reader.askShared(key);
    if (asked === null) return null;
    return asked.found.then((found) => {
      const shared = reader.sharedAnswer(found, { key, load, policy: this.#policy, recipe, asked });
      if ('cached' in shared) return shared;
      findings.set(request, shared);
      return null;
    });
  }

  /** Returns whether `read` may answer without a new load, although `hit` and `sharedHit` have no answer. */
  mayAnswerWithoutLoad({ key }: Target): boolean {
    return this.cache.internal.reader.mayAnswerWithoutLoad(key);
  }

  /**
   * Returns the answer, loaded if necessary. Rejects with the error of the load.
   *
   * @param minPosition how much of the log the answer has to include; defaults to what this process has applied
   */
  async read(request: IncomingMessage, target: Target, minPosition?: MinPosition): Promise<Answer> {
    const { reader } = this.cache.internal;
    const { key, load, recipe, wantsCache } = target;
    if (!wantsCache) return reader.bypass(key, load, this.#policy);
    if (minPosition) return reader.read(key, load, this.#policy, recipe, { minPosition });
    const shared = findings.get(request);
    return this.hit(target) ?? reader.read(key, load, this.#policy, recipe, { shared });
  }

  /**
   * @param extra headers of this answer alone, names and values in turn
   * @param isDirect whether no middleware has seen the response, so that it may be sent without `writeHead`
   */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    { extra = NOTHING, isDirect = false }: { extra?: readonly string[]; isDirect?: boolean } = {},
  ): SentAnswer {
    const acceptedEncodings = this.#codings?.acceptedEncodings(request.headers['accept-encoding']) ?? [];
    const key = this.#showKey?.(request) ? answer.cached.key : null;
    const sent = sendAnswer(request, response, answer, { fixed: this.#fixed, acceptedEncodings, extra, isDirect, key });
    const [best] = acceptedEncodings;
    if (best && sent.status === 200 && isFromCache(answer)) this.cache.internal.compress(answer.cached, best);
    return sent;
  }
}

/** A loaded answer is not compressed: many are never requested again, and to compress one costs more than to load many. */
function isFromCache({ outcome: { outcome } }: Answer): boolean {
  return outcome === 'hit' || outcome === 'stale';
}
