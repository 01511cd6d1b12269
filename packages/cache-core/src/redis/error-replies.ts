import type { Clock } from '../clock.ts';
import { Unreachable } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';

/** The text of an error that a server answered with, e.g. `OOM command not allowed when used memory > 'maxmemory'`; null for any other error. */
export function replyOf(error: unknown): string | null {
  if (error instanceof Unreachable) return error.reply;
  return error instanceof Error && error.name === 'ReplyError' ? error.message : null;
}

/** What a failed command rejects with: its cause and, if the server answered with an error, the text of that. */
export function unreachableBy(what: string, cause: unknown): Unreachable {
  return new Unreachable(what, { cause, reply: replyOf(cause) });
}

/** A success this long after the last error ends the state: a server at the edge of its memory takes some commands and refuses others. */
const OVER_AFTER_MS = 10_000;

export interface ErrorRepliesOptions {
  /** E.g. `the queue server`. */
  readonly what: string;
  /** What it does by such an answer, for the line. Default `answers with an error`. */
  readonly effect?: string;
  /** What it does once that is over. Default `answers without errors again`. */
  readonly over?: string;
  readonly logger: CacheLogger;
  readonly clock: Clock;
}

/**
 * Logs once when a server begins to answer with an error (no memory, no disk, no permission, a replica, a key of another
 * type), with its text, and once when that ends; each kind of error by itself.
 */
export class ErrorReplies {
  readonly #options: ErrorRepliesOptions;
  readonly #lastAt = new Map<string, number>();

  constructor(options: ErrorRepliesOptions) {
    this.#options = options;
  }

  /** As the command, whose end is noted. */
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

  /** Takes any error of a command; ignores those that are not an answer of the server. */
  failed(error: unknown): void {
    const reply = replyOf(error);
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

/** The code of an error reply. It is in front; from inside a script, older servers give it further behind. */
function kindOf(reply: string): string {
  return KINDS.exec(reply)?.[0] ?? reply.split(' ', 1)[0] ?? '';
}
