import { type Clock, systemClock } from '../clock.ts';
import { Breaker, type Verdict } from '../engine/breaker.ts';
import { Unreachable } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';
import { Deadlines, type Watch, withDeadline } from './deadlines.ts';
import { ErrorReplies, replyOf } from './error-replies.ts';
import { LastReceived } from './last-received.ts';
import { addressOf, masterOf, mastersOf, type RedisClient } from './open-redis.ts';

export interface ServerGuardOptions {
  readonly client: RedisClient;
  /** For messages, e.g. `the cache server`. */
  readonly what: string;
  /** What a command may take: what a read loses, at most, to a server that does not answer. */
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
  readonly clock?: Clock;
  /** Logs what the server answers with, when that is an error. Default: by itself, under `what`. */
  readonly replies?: ErrorReplies;
  /** Whether a server that sends is given more time, as `Deadlines` says. */
  readonly isByProgress?: boolean;
}

interface Guarded extends Watch {
  readonly breaker: Breaker;
  /** Whether its last command failed: while all is well, the breaker need not be told of each success. */
  isFailing: boolean;
}

/** So many failures in a row, and a master is left alone for a while; then one PING, for which nobody waits, tries it. */
const FAILURES_TO_OPEN = 3;
const OPEN_FOR_MS = 1_000;

/**
 * Keeps readers from waiting for a server that does not answer: a time budget for each command, and a breaker for each
 * master, so that one that is dead or frozen costs only the keys that it has.
 */
export class ServerGuard {
  readonly #options: ServerGuardOptions;
  readonly #deadlines: Deadlines;
  readonly #replies: ErrorReplies;
  readonly #arrivals: LastReceived | null;
  readonly #masters = new Map<string, Guarded>();

  constructor(options: ServerGuardOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.what, options.commandTimeoutMs);
    this.#replies = options.replies ?? new ErrorReplies({ clock: systemClock, ...options });
    this.#arrivals = options.isByProgress ? new LastReceived(options.client) : null;
  }

  get what(): string {
    return this.#options.what;
  }

  /** A command about a key. `Unreachable` at once when its master is left alone, else within the command's time. */
  run<Result>(key: string, command: () => Promise<Result>, recover?: (error: unknown) => Result): Promise<Result> {
    return this.runOn(masterOf(this.#options.client, key), command, recover);
  }

  runOn<Result>(master: string, command: () => Promise<Result>, recover?: (error: unknown) => Result): Promise<Result> {
    const { client, what } = this.#options;
    const guarded = this.#masters.get(master) ?? this.#guarded(master);
    if (client.status !== 'ready') return Promise.reject(new Unreachable(what));
    if (guarded.breaker.state !== 'closed') {
      if (guarded.breaker.refusedForMs === 0) void this.#probe(master, guarded);
      return Promise.reject(new Unreachable(what));
    }
    return this.#deadlines.run(command, guarded, recover);
  }

  async #report(guarded: Guarded, verdict: Verdict): Promise<void> {
    if (guarded.breaker.state !== 'closed') return; // it began before the breaker opened
    if (verdict === 'unknown') return;
    guarded.isFailing = verdict === 'failed';
    await guarded.breaker.run(async () => ({ verdict }));
  }

  async #probe(master: string, guarded: Guarded): Promise<void> {
    const { client, what, commandTimeoutMs } = this.#options;
    const { verdict } = await guarded.breaker.run(async (): Promise<{ verdict: Verdict }> => {
      const server = mastersOf(client).find((one) => master === '' || addressOf(one) === master) ?? client;
      return withDeadline(what, commandTimeoutMs, () => server.ping()).then(
        () => ({ verdict: 'answered' }),
        (error: unknown) => ({ verdict: verdictOf(error) }),
      );
    });
    guarded.isFailing = verdict !== 'answered';
  }

  #guarded(master: string): Guarded {
    const { what, logger, clock = systemClock } = this.#options;
    const arrivals = this.#arrivals;
    const name = master === '' ? what : `${what} ${master}`;
    let isTold = false;
    const breaker = new Breaker({ failures: FAILURES_TO_OPEN, openForMs: OPEN_FOR_MS, clock }, (state) => {
      // Each probe in vain opens it again: told once.
      if (state === 'open' && !isTold) logger.warn(`${name} does not answer: going on without it`);
      if (state === 'closed') logger.info(`${name} answers again`);
      isTold = state !== 'closed';
    });
    const guarded: Guarded = {
      breaker,
      isFailing: false,
      ...(arrivals && { lastArrivalAt: () => arrivals.lastAt(master) }),
      onEnd: (error) => {
        if (error) this.#replies.failed(error);
        else this.#replies.succeeded();
        if (error || guarded.isFailing) void this.#report(guarded, error ? verdictOf(error) : 'answered');
      },
    };
    this.#masters.set(master, guarded);
    return guarded;
  }
}

/** A server that says no is there; one that is not connected refuses at once, so there is no wait to be spared. */
function verdictOf(error: unknown): Verdict {
  if (replyOf(error) !== null) return 'answered';
  return error instanceof Unreachable && error.cause === undefined ? 'failed' : 'unknown';
}
