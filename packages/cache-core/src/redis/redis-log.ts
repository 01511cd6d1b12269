import { Unreachable } from '../model/errors.ts';
import { parsed } from '../model/parsed.ts';
import type { InvalidationMode, SelectorToken } from '../model/selector.ts';
import {
  type Append,
  type AppendReply,
  type AppliedByAll,
  type Following,
  type InvalidationLog,
  type InvalidationRecord,
  LOG_PARTS,
  type RegisteredFollower,
  type Renewal,
  type Snapshot,
} from '../ports/invalidation-log.ts';
import { withDeadline } from './deadlines.ts';
import { type ErrorReplies, replyOf } from './error-replies.ts';
import type { RedisClient } from './open-redis.ts';
import { Script } from './script.ts';
import type { ServerRoles } from './server-roles.ts';
import type { Subscriber } from './subscriber.ts';

export interface RedisLogOptions {
  /** A connection to the durable server. */
  readonly client: RedisClient;
  /** A separate connection for blocking reads. */
  readonly tail: RedisClient;
  readonly subscriber: Subscriber;
  readonly namespace: string;
  readonly commandTimeoutMs: number;
  /** Logs error replies of the durable server. */
  readonly replies: ErrorReplies;
  /** Decides whether the durable server suits the log. */
  readonly roles: Pick<ServerRoles, 'areSafe' | 'refusal'>;
  /** Defaults to `LIMITS`. Every process of a namespace uses the same limits. */
  readonly limits?: LogLimits;
}

/** How many records and selectors the log remembers. */
export interface LogLimits {
  readonly records: number;
  readonly selectors: number;
  readonly scoped: number;
  readonly keys: number;
}

/** How long event ids are remembered, and so the idempotency of an append. */
const EVENT_KEPT_MS = 24 * 3_600_000;
/**
 * The limits are below those of a follower's index, so that a snapshot fits into it. Scoped selectors and keys beyond the
 * limits count as hits of the whole prefix.
 */
const LIMITS: LogLimits = { records: 10_000, selectors: 8_000, scoped: 8_000, keys: 8_000 };
/**
 * Represents all keys for an earlier version, which does not read the keys' own sorted set: to that version it hits
 * everything.
 */
const KEYS_ELSEWHERE = 'keys';
/** The field that marks the register as complete, which is not a follower: see epoch.lua. */
const ALL_FOLLOWERS = '';
const WHAT = 'the invalidation log';
const BLOCK_MS = 2_000;
/**
 * Another value would be unsafe beside processes of a version with this one: an appender waits this long for followers
 * that it does not know, such as those of an earlier epoch.
 */
const MAX_LEASE_MS = 1_000;
const READ_AT_ONCE = 1_000;

/**
 * The invalidation log on a Redis Stream. Record ids are `{epoch}-{position}`, so they rise over epochs too, and the
 * first record of a new epoch wakes a follower that waits in an old one.
 */
export class RedisLog implements InvalidationLog {
  readonly maxLeaseMs = MAX_LEASE_MS;
  readonly #options: RedisLogOptions;
  readonly #base: string;
  readonly #keys: readonly string[];
  readonly #stream: string;
  readonly #channel: string;
  readonly #append = new Script('epoch', 'append');
  readonly #renew = new Script('epoch', 'renew');
  readonly #snapshot = new Script('epoch', 'snapshot');
  readonly #applied = new Script('epoch', 'applied');
  readonly #register = new Script('epoch', 'register');
  readonly #drop = new Script('epoch', 'drop');

  constructor(options: RedisLogOptions) {
    this.#options = options;
    this.#base = `{${options.namespace}:log}`; // all keys are in one hash slot
    this.#stream = `${this.#base}:stream`;
    this.#channel = `${this.#base}:applied`;
    this.#keys = LOG_PARTS.map((part) => `${this.#base}:${part}`);
  }

  get isTrusted(): boolean {
    return this.#options.roles.areSafe;
  }

  async append({ eventId, mode, selectors, knownEpoch }: Append): Promise<AppendReply> {
    const keys = eventId === null ? this.#keys : [...this.#keys, `${this.#base}:event:${eventId}`];
    const { records, selectors: max, scoped, keys: maxKeys } = this.#options.limits ?? LIMITS;
    const args = [knownEpoch, mode, EVENT_KEPT_MS, records, max, scoped, maxKeys, KEYS_ELSEWHERE, ...selectors];
    const [epoch, position, followers] = list(await this.#run(this.#append, keys, args));
    return { epoch: Number(epoch), position: Number(position), followers: registerOf(followers) };
  }

  async renew({ id, epoch, applied, leaseMs }: Following): Promise<Renewal> {
    const [now, head, known] = texts(await this.#run(this.#renew, this.#keys, [epoch, id, epoch, applied, leaseMs]));
    return { epoch: Number(now), head: Number(head), wasRegistered: known === '1' };
  }

  async snapshot(knownEpoch: number): Promise<Snapshot> {
    const [epoch, head, floor, ...hits] = list(await this.#run(this.#snapshot, this.#keys, [knownEpoch]));
    const lastHits = hits.flatMap(pairs).flatMap(([hit, position]) => {
      const space = hit.indexOf(' ');
      const selector = hit.slice(space + 1) as SelectorToken;
      return selector === KEYS_ELSEWHERE
        ? []
        : [{ mode: modeOf(hit.slice(0, space)), selector, position: Number(position) }];
    });
    return { epoch: Number(epoch), head: Number(head), floor: Number(floor), lastHits };
  }

  async readAfter(epoch: number, position: number): Promise<InvalidationRecord[]> {
    const { client } = this.#options;
    const rows = await this.#within(() =>
      client.xrange(this.#stream, `(${epoch}-${position}`, '+', 'COUNT', READ_AT_ONCE),
    );
    return rows.map(([id, fields]) => recordOf(id, fields));
  }

  async waitAfter(epoch: number, position: number): Promise<InvalidationRecord[]> {
    const { tail, replies, roles } = this.#options;
    const refusal = tail.status === 'ready' ? roles.refusal(WHAT) : new Unreachable(WHAT);
    if (refusal) throw refusal;
    const reading = withDeadline(WHAT, 2 * BLOCK_MS, () =>
      tail.xread('COUNT', READ_AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', this.#stream, `${epoch}-${position}`),
    );
    const answer = await replies.watch(reading).catch((error: unknown) => {
      // A half-open connection never answers: replace it.
      if (replyOf(error) === null && tail.status === 'ready') tail.disconnect(true);
      throw error;
    });
    return (answer?.[0]?.[1] ?? []).map(([id, fields]) => recordOf(id, fields));
  }

  async publishApplied({ id, epoch, applied }: { id: string; epoch: number; applied: number }): Promise<void> {
    await this.#run(this.#applied, this.#keys, [epoch, id, epoch, applied, this.#channel]);
  }

  async register(epoch: number): Promise<ReadonlyMap<string, RegisteredFollower> | null> {
    const [now, followers] = list(await this.#run(this.#register, this.#keys, [epoch]));
    if (Number(now) !== epoch) return null;
    return registerOf(followers);
  }

  async leave(id: string, epoch: number): Promise<void> {
    await this.#run(this.#drop, this.#keys, [epoch, id, '']);
  }

  async drop(id: string, epoch: number, renewals: number): Promise<void> {
    await this.#run(this.#drop, this.#keys, [epoch, id, renewals]);
  }

  /** Returns the number of records in the stream. */
  async length(): Promise<number> {
    return await this.#within(() => this.#options.client.xlen(this.#stream));
  }

  onApplied(listener: (proof?: AppliedByAll) => void): () => void {
    return this.#options.subscriber.on(this.#channel, (message) => listener(proofOf(message)));
  }

  #run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#within(() => script.runAtOnce(this.#options.client, keys, args));
  }

  #within<Result>(command: () => Promise<Result>): Promise<Result> {
    const { client, commandTimeoutMs, replies, roles } = this.#options;
    const refusal = client.status === 'ready' ? roles.refusal(WHAT) : new Unreachable(WHAT);
    if (refusal) return Promise.reject(refusal);
    return replies.watch(withDeadline(WHAT, commandTimeoutMs, command));
  }
}

function registerOf(flat: unknown): ReadonlyMap<string, RegisteredFollower> {
  const followers = pairs(flat).filter(([id]) => id !== ALL_FOLLOWERS);
  return new Map(followers.map(([id, state]) => [id, followerOf(state)]));
}

/** A follower of a version that registered no lease may have any lease up to the maximum. */
function followerOf(state: string): RegisteredFollower {
  const [renewals = '', applied = '', leaseMs = MAX_LEASE_MS] = state.split(':');
  return { renewals: Number(renewals), applied: Number(applied), leaseMs: Number(leaseMs) };
}

/** Reads a message of applied.lua. Returns undefined for any other, such as the bare position that an earlier version publishes. */
function proofOf(message: string): AppliedByAll | undefined {
  const parts = parsed(message);
  if (!Array.isArray(parts) || !Array.isArray(parts[2])) return undefined;
  const [epoch, position, followers] = parts;
  return {
    epoch: Number(epoch),
    position: Number(position),
    followers: texts(followers).filter((id) => id !== ALL_FOLLOWERS),
  };
}

function recordOf(id: string, fields: readonly string[]): InvalidationRecord {
  const [epoch, position] = id.split('-');
  const value = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
  return {
    epoch: Number(epoch),
    position: Number(position),
    mode: modeOf(value('m')),
    selectors: JSON.parse(value('s')) as SelectorToken[],
  };
}

function modeOf(text: string): InvalidationMode {
  return text === 'expire' ? 'expire' : 'invalidate';
}

function list(answer: unknown): unknown[] {
  if (!Array.isArray(answer)) throw new Error(`the invalidation log: expected a list, got ${typeof answer}`);
  return answer;
}

const texts = (answer: unknown): string[] => list(answer).map(String);

function pairs(flat: unknown): [string, string][] {
  const items = texts(flat);
  return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i] ?? '', items[2 * i + 1] ?? '']);
}
