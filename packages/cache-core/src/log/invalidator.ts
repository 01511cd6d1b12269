import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { Background } from '../model/background.ts';
import type { Clock } from '../model/clock.ts';
import { cacheChannels, type InvalidateTrace } from '../model/diagnostics.ts';
import { InvalidArgument, Unreachable } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import type { CacheLogger } from '../model/logger.ts';
import { type InvalidationMode, type Selector, toToken } from '../model/selector.ts';
import type { Append, AppendReply, InvalidationLog } from '../ports/invalidation-log.ts';
import { AppliedNotifications } from './applied-notifications.ts';
import type { Follower } from './follower.ts';
import { type Confirmation, receipt } from './receipt.ts';

/** The mode of an invalidation, and the id under which it can be repeated. */
export interface InvalidateOptions {
  /** Defaults to `invalidate`. */
  readonly mode?: InvalidationMode;
  /**
   * 1 to 1,024 characters. An id is applied once within 24 hours, however often the call is repeated. Without an id each
   * call is a separate invalidation, and the log remembers no id for it.
   */
  readonly eventId?: string;
}

/**
 * `applied`: no process serves the state before it any more. `pending`: the log did not answer, so the outcome is unknown
 * and the caller has to invalidate again. With the same event id it is applied once; without an id it may be applied
 * twice, which changes no answer.
 */
export type InvalidationReceipt =
  | {
      readonly state: 'applied';
      readonly position: number;
      readonly epoch: number;
      readonly receiptMs: number;
      /** Each process that is known to serve nothing that was invalidated, in the order in which it confirmed. */
      readonly confirmations: readonly Confirmation[];
    }
  | { readonly state: 'pending'; readonly position: null };

export interface InvalidatorOptions {
  /** The name of the cache. */
  readonly name: string;
  readonly log: InvalidationLog;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
  readonly logger: CacheLogger;
}

type Wanted = Omit<Append, 'knownEpoch'>;

/** The maximum number of selectors of one invalidation. */
const MAX_SELECTORS = 1_000;
const MAX_EVENT_ID_LENGTH = 1_024;

export class Invalidator {
  readonly #options: InvalidatorOptions;
  readonly #traced: TracingChannel<InvalidateTrace> = tracingChannel(cacheChannels.invalidate);

  constructor(options: InvalidatorOptions) {
    this.#options = options;
  }

  async invalidate(selectors: readonly Selector[], options: InvalidateOptions = {}): Promise<InvalidationReceipt> {
    if (selectors.length === 0 || selectors.length > MAX_SELECTORS) {
      throw new InvalidArgument('selectors', `1 to ${MAX_SELECTORS}`, selectors.length);
    }
    assertKnownOptions('invalidate', options, ['mode', 'eventId']);
    const { mode = 'invalidate', eventId = null } = options;
    if (mode !== 'invalidate' && mode !== 'expire') throw new InvalidArgument('mode', "'invalidate' or 'expire'", mode);
    assertEventId(eventId);
    const wanted = { eventId, mode, selectors: selectors.map(toToken) };
    return this.#traced.hasSubscribers ? this.#invalidateTraced(wanted) : this.#invalidate(wanted);
  }

  #invalidateTraced(wanted: Wanted): Promise<InvalidationReceipt> {
    const ending = { state: null, epoch: null, position: null, receiptMs: null };
    const trace: InvalidateTrace = { cache: this.#options.name, ...wanted, ...ending };
    return this.#traced.tracePromise(async () => {
      const receipt = await this.#invalidate(wanted);
      trace.state = receipt.state;
      if (receipt.state === 'applied') {
        const { epoch, position, receiptMs } = receipt;
        Object.assign(trace, { epoch, position, receiptMs });
      }
      return receipt;
    }, trace);
  }

  async #invalidate(wanted: Wanted): Promise<InvalidationReceipt> {
    const notifications = new AppliedNotifications(this.#options.log);
    try {
      return await this.#appendAndWait(wanted, notifications);
    } finally {
      notifications.stop();
    }
  }

  async #appendAndWait(wanted: Wanted, notifications: AppliedNotifications): Promise<InvalidationReceipt> {
    const { log, follower, clock, background, logger } = this.#options;
    const began = clock.monotonic();
    let appended: AppendReply;
    try {
      appended = await log.append({ ...wanted, knownEpoch: follower.epoch });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      logger.warn(`invalidation is pending: ${error.message}`);
      return { state: 'pending', position: null };
    }
    const { epoch, position } = appended;
    follower.enterEpoch(epoch);
    const waiting = { log, follower, clock, background, notifications };
    const confirmations = await receipt(appended, clock.monotonic(), waiting);
    return { state: 'applied', epoch, position, receiptMs: clock.monotonic() - began, confirmations };
  }
}

/** Two invalidations with one id are one: an empty id, such as from a missing member, would make the second do nothing. */
function assertEventId(eventId: unknown): void {
  if (eventId === null) return;
  if (typeof eventId !== 'string' || eventId === '' || eventId.length > MAX_EVENT_ID_LENGTH || !eventId.isWellFormed())
    throw new InvalidArgument('eventId', `1 to ${MAX_EVENT_ID_LENGTH} characters of well-formed text`, eventId);
}
