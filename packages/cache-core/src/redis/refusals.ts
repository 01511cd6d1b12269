import type { Clock } from '../clock.ts';
import { Unreachable } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';

/** What a server that refuses to store says it for, e.g. `OOM command not allowed when used memory > 'maxmemory'`. */
export function replyOf(error: unknown): string | null {
  const reply = error instanceof Unreachable ? error.cause : error;
  return reply instanceof Error && reply.name === 'ReplyError' ? reply.message : null;
}

/** So long after the last refusal a success ends them: a server at the edge of its memory takes some and refuses others. */
const OVER_AFTER_MS = 10_000;

/** Tells once when a server begins to refuse what it is given (no memory, no disk, a replica, still loading), and once when it ends. */
export class Refusals {
  readonly #what: string;
  readonly #logger: CacheLogger;
  readonly #clock: Clock;
  readonly #lastAt = new Map<string, number>();

  constructor({ what, logger, clock }: { what: string; logger: CacheLogger; clock: Clock }) {
    this.#what = what;
    this.#logger = logger;
    this.#clock = clock;
  }

  refused(reply: string): void {
    const kind = kindOf(reply);
    if (!this.#lastAt.has(kind))
      this.#logger.warn(`${this.#what} refuses to store, answers are kept in memory only: ${reply}`);
    this.#lastAt.set(kind, this.#clock.monotonic());
  }

  accepted(): void {
    if (this.#lastAt.size === 0) return;
    for (const [kind, at] of this.#lastAt) {
      if (this.#clock.monotonic() < at + OVER_AFTER_MS) continue;
      this.#lastAt.delete(kind);
      this.#logger.info(`${this.#what} stores again (it had refused with ${kind})`);
    }
  }
}

/** The code that an error reply begins with; from inside a script, older servers give it further behind. */
function kindOf(reply: string): string {
  return /\b(OOM|MISCONF|READONLY|LOADING|NOREPLICAS|CLUSTERDOWN)\b/.exec(reply)?.[0] ?? reply.split(' ', 1)[0] ?? '';
}
