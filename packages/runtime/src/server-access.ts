import type { Logger } from './logger.ts';

/** Error replies after which another connection, perhaps to another server, may be accepted. */
const CONNECT_ANEW = /(^|-)(READONLY|UNBLOCKED|LOADING|MASTERDOWN|NOAUTH)\b/;
/** Error replies about the server's state or the client's permissions, independent of the command. */
const REFUSED = /(^|-)(READONLY|UNBLOCKED|LOADING|MASTERDOWN|NOAUTH|WRONGPASS|NOPERM|MISCONF|OOM|NOREPLICAS)\b/;
const NO_ROOM = /(^|-)(MISCONF|OOM|NOREPLICAS)\b/;
const CREDENTIALS = /(^|-)(NOAUTH|WRONGPASS|NOPERM)\b/;

/** Returns whether a command failed because the server refuses all such commands, for now or from this client. */
export function isServerRefusal(error: unknown): boolean {
  return error instanceof Error && REFUSED.test(error.message);
}

/** Returns whether a new connection may be accepted although this one was refused. */
export function callsForNewConnection(error: Error): boolean {
  return CONNECT_ANEW.test(error.message);
}

/** Returns whether the same command may be accepted later: a server without memory or disk, or any `callsForNewConnection`. */
export function mayBeAcceptedLater(error: Error): boolean {
  return callsForNewConnection(error) || NO_ROOM.test(error.message);
}

export interface ServerAccessOptions {
  /** The connection, for messages, e.g. `worker connection`. */
  readonly what: string;
  /** The variable that holds the URL, e.g. `REDIS_QUEUE_URL`. */
  readonly variable: string;
  readonly url: string;
  readonly logger: Logger;
}

/** Logs the begin and the end of a server's refusal once each, whatever the number of failed commands. */
export class ServerAccess {
  readonly #options: ServerAccessOptions;
  #problem: string | null = null;
  #isRefused = false;
  #isProbing = false;
  #wasReady = false;
  #isUnreachableLogged = false;

  constructor(options: ServerAccessOptions) {
    this.#options = options;
  }

  /** Why the connection cannot be used now; null if no problem is known. */
  get problem(): string | null {
    return this.#problem;
  }

  refused({ message }: Error): void {
    this.#problem = message;
    if (this.#isRefused) return;
    this.#isRefused = true;
    const { what, variable, logger } = this.#options;
    const remedy = CREDENTIALS.test(message) ? `check user and password in ${variable}; ` : '';
    logger.warn(`the queue server refuses the ${what}: ${message}; ${remedy}retrying until the server accepts it`);
  }

  unreachable(error: Error): void {
    const { what, url, variable, logger } = this.#options;
    const hint = url.startsWith('rediss:') ? `; ${variable} starts with rediss://, so the server needs TLS` : '';
    this.#problem = `${error.message || error.name}${hint}`;
    if (this.#wasReady || this.#isUnreachableLogged) return void logger.debug({ err: error }, what);
    this.#isUnreachableLogged = true;
    logger.warn(`the queue server is unreachable for the ${what}: ${this.#problem}; retrying until it answers`);
  }

  /**
   * Call it when a connection becomes ready. A server that accepts connections may still refuse commands. So after a refusal it counts
   * as accepting again only once `probe`, which sends a write, resolves.
   */
  ready(probe: () => Promise<unknown>): void {
    this.#wasReady = true;
    if (!this.#isRefused) {
      this.#problem = null;
      return;
    }
    if (this.#isProbing) return;
    this.#isProbing = true;
    const { logger, what } = this.#options;
    void probe()
      .then(
        () => this.#accepted(),
        (error: unknown) => logger.debug({ err: error }, `${what}: a write was refused`),
      )
      .finally(() => {
        this.#isProbing = false;
      });
  }

  #accepted(): void {
    this.#isRefused = false;
    this.#problem = null;
    this.#options.logger.info(`the queue server accepts the ${this.#options.what} again`);
  }
}
