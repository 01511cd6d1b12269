import { Breaker, type Verdict } from '../engine/breaker.ts';
import { type Clock, systemClock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';
import { type CommandWatch, Deadlines, withDeadline } from './deadlines.ts';
import { ErrorReplies, replyOf } from './error-replies.ts';
import { LastReceived } from './last-received.ts';
import { addressOf, masterOf, mastersOf, type RedisClient } from './open-redis.ts';

export interface ServerGuardOptions {
  readonly client: RedisClient;
  /** The server's name in messages, e.g. `the cache server`. */
  readonly what: string;
  /** How long a command may take: the maximum delay of a read by a server that does not answer. */
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
  readonly clock?: Clock;
  /** Logs error replies of the server. Defaults to a separate log under `what`. */
  readonly replies?: ErrorReplies;
  /** True if a server that sends gets more time, as `Deadlines` describes. */
  readonly isByProgress?: boolean;
}

interface Guarded extends CommandWatch {
  readonly breaker: Breaker;
  /** True if the last command failed: otherwise the breaker need not be notified of each success. */
  isFailing: boolean;
}

/**
 * After this number of consecutive failures the guard stops calling a master for `OPEN_FOR_MS`; then one PING probes it,
 * for which no caller waits.
 */
const FAILURES_TO_OPEN = 3;
const OPEN_FOR_MS = 1_000;

/**
 * Bounds how long readers wait for a server that does not answer: a time limit for each command, and a circuit breaker
 * for each master, so that a dead or frozen one affects only its own keys.
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

  /**
   * Runs a command about a key. Rejects with `Unreachable` immediately while its master's breaker is open, else within
   * the command's time.
   */
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
    if (guarded.breaker.state !== 'closed') return; // the command began before the breaker opened
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
    let isLogged = false;
    const breaker = new Breaker({ failures: FAILURES_TO_OPEN, openForMs: OPEN_FOR_MS, clock }, (state) => {
      // Each failed probe opens the breaker again: log it once.
      if (state === 'open' && !isLogged)
        logger.warn(`${name} does not answer: its keys are skipped until it answers a PING`);
      if (state === 'closed') logger.info(`${name} answers again`);
      isLogged = state !== 'closed';
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

/**
 * A server that replies with an error is reachable. A command on a closed connection fails immediately, so there is no
 * wait to avoid.
 */
function verdictOf(error: unknown): Verdict {
  if (replyOf(error) !== null) return 'answered';
  return error instanceof Unreachable && error.cause === undefined ? 'failed' : 'unknown';
}
