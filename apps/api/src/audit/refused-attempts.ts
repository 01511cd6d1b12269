import type { AuditEntry } from './audit-log.ts';

const WINDOW_MS = 60_000;
const MAX_CLIENTS = 500;
const OTHERS = 'other addresses';

type Attempt = Pick<AuditEntry, 'token' | 'address' | 'status'>;

/**
 * Counts refused attempts per token, address and status in windows of a minute, so that a flood of them makes few records. Beyond
 * 500 clients in a window, further ones count together.
 */
export class RefusedAttempts {
  readonly #record: (entry: AuditEntry) => void;
  readonly #timer: NodeJS.Timeout;
  #counts = new Map<string, { attempt: Attempt; unrecorded: number }>();

  constructor(record: (entry: AuditEntry) => void) {
    this.#record = record;
    this.#timer = setInterval(() => this.#endWindow(), WINDOW_MS).unref();
  }

  /** Records the first attempt of a client in a window, and counts the others. */
  add(attempt: Attempt): void {
    const key = JSON.stringify([attempt.token, attempt.address, attempt.status]);
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.unrecorded += 1;
      return;
    }
    if (this.#counts.size >= MAX_CLIENTS && attempt.address !== OTHERS) {
      this.add({ token: null, status: attempt.status, address: OTHERS });
      return;
    }
    this.#counts.set(key, { attempt, unrecorded: 0 });
    this.#record(entryOf(attempt, 1));
  }

  /** Records the attempts that are only counted yet. */
  close(): void {
    clearInterval(this.#timer);
    this.#endWindow();
  }

  #endWindow(): void {
    const ended = this.#counts;
    this.#counts = new Map();
    for (const { attempt, unrecorded } of ended.values())
      if (unrecorded > 0) this.#record(entryOf(attempt, unrecorded));
  }
}

function entryOf(attempt: Attempt, count: number): AuditEntry {
  return { action: 'refuseToken', ...attempt, count, request_id: null, path: null, input: null };
}
