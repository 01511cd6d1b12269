import type { Clock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';

/**
 * Returns the text of an error reply, e.g. `OOM command not allowed when used memory > 'maxmemory'`; null for any other
 * error.
 */
export function replyOf(error: unknown): string | null {
  if (error instanceof Unreachable) return error.reply;
  return error instanceof Error && error.name === 'ReplyError' ? error.message : null;
}

/** Returns the error of a failed command: with its cause and, for an error reply, its text. */
export function unreachableBy(what: string, cause: unknown): Unreachable {
  return new Unreachable(what, { cause, reply: replyOf(cause) });
}

/**
 * A success ends the state only this long after the last error: a server that is short of memory accepts some commands
 * and rejects others.
 */
const OVER_AFTER_MS = 10_000;

export interface ErrorRepliesOptions {
  /** The server's name in log lines, e.g. `the queue server`. */
  readonly what: string;
  /** The effect of the error, for the log line. Defaults to `answers with an error`. */
  readonly effect?: string;
  /** The text for the end of the state. Defaults to `answers without errors again`. */
  readonly over?: string;
  readonly logger: CacheLogger;
  readonly clock: Clock;
  /** Where failed commands are counted. Defaults to counts of its own. */
  readonly counts?: Map<string, number>;
}

/**
 * Logs once when a server begins to answer with an error (no memory, no disk, no permission, a replica, a key of another
 * type), with its text, and once when that ends; each kind of error separately.
 */
export class ErrorReplies {
  readonly #options: ErrorRepliesOptions;
  readonly #lastAt = new Map<string, number>();
  /** The number of failed commands by kind: the code of a known error reply, `reply` for any other, and `unreachable`. */
  readonly counts: Map<string, number>;

  constructor(options: ErrorRepliesOptions) {
    this.#options = options;
    this.counts = options.counts ?? new Map();
  }

  /** Returns the command's result or error, and records how it ended. */
  async watch<Result>(command: Promise<Result>): Promise<Result> {
    try {
      const result = await command;
      this.succeeded();
      return result;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** Counts an error of a command. Logs it if it is a reply of the server. */
  failed(error: unknown): void {
    const reply = replyOf(error);
    const counted = reply === null ? 'unreachable' : (KINDS.exec(reply)?.[0] ?? 'reply');
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1);
    if (reply === null) return;
    const { what, effect = 'answers with an error', logger, clock } = this.#options;
    const kind = kindOf(reply);
    if (!this.#lastAt.has(kind)) logger.warn(`${what} ${effect}: ${reply}`);
    this.#lastAt.set(kind, clock.monotonic());
  }

  succeeded(): void {
    if (this.#lastAt.size === 0) return;
    const { what, over = 'answers without errors again', logger, clock } = this.#options;
    for (const [kind, at] of this.#lastAt) {
      if (clock.monotonic() < at + OVER_AFTER_MS) continue;
      this.#lastAt.delete(kind);
      logger.info(`${what} ${over} (the last one was ${kind})`);
    }
  }
}

const KINDS = /\b(OOM|MISCONF|READONLY|LOADING|BUSY|NOPERM|NOAUTH|WRONGTYPE|NOREPLICAS|CLUSTERDOWN)\b/;

/** Returns the code of an error reply. It comes first; for errors inside a script, older servers put it later. */
function kindOf(reply: string): string {
  return KINDS.exec(reply)?.[0] ?? reply.split(' ', 1)[0] ?? '';
}
