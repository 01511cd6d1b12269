import type { InvalidationReceipt } from '@pilotlight/cache-core';
import { type Cause, type JournalEntry, journalEntrySchema } from '@pilotlight/contracts';
import type { Logger } from '../logger.ts';
import type { QueueConnection } from '../queue-connection.ts';

const KEY = 'pilotlight:invalidations';
/** The number of entries that are kept. An older record of the log is shown without its time and cause. */
const MAX_ENTRIES = 500;
/** A receipt of hundreds of processes would fill the server. */
const MAX_PROCESSES = 100;

/**
 * What people want to know of the latest invalidations and the log does not hold: when, why, and which process confirmed after how many
 * ms. It decides nothing, so an entry may be lost.
 */
export class InvalidationJournal {
  readonly #connection: QueueConnection;
  readonly #logger: Logger;

  constructor(connection: QueueConnection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  /** Records an applied invalidation, in the background. Processes that apply one event record it each; the first one counts. */
  record(receipt: InvalidationReceipt, cause: Cause): void {
    if (receipt.state === 'pending') return;
    const entry = JSON.stringify(entryOf(receipt, cause) satisfies JournalEntry);
    this.#write(entry).catch((error: unknown) =>
      this.#logger.debug(
        { err: error },
        `the journal has no entry of the invalidation at position ${receipt.position}`,
      ),
    );
  }

  /** Returns the entries of an epoch by position. Rejects if the server is unreachable. */
  async of(epoch: number): Promise<ReadonlyMap<number, JournalEntry>> {
    if (this.#connection.status !== 'ready') throw new Error('the queue server is unreachable');
    const texts = await this.#connection.lrange(KEY, 0, MAX_ENTRIES - 1);
    // Newest first: of several entries of one position, the first that was recorded remains.
    return new Map(
      texts.flatMap((text) => {
        const entry = journalEntrySchema.safeParse(parsed(text)).data;
        return entry?.epoch === epoch ? [[entry.position, entry] as const] : [];
      }),
    );
  }

  async #write(entry: string): Promise<void> {
    const replies = await this.#connection
      .multi()
      .lpush(KEY, entry)
      .ltrim(KEY, 0, MAX_ENTRIES - 1)
      .exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }
}

function entryOf(receipt: Extract<InvalidationReceipt, { state: 'applied' }>, cause: Cause): JournalEntry {
  const { epoch, position, receiptMs } = receipt;
  return {
    epoch,
    position,
    at: new Date(Date.now() - receiptMs).toISOString(),
    cause,
    receipt_ms: rounded(receiptMs),
    processes: confirmationsOf(receipt).slice(0, MAX_PROCESSES),
  };
}

/** Returns the confirmations of a receipt as the api answers them. */
export function confirmationsOf({
  confirmations,
}: Extract<InvalidationReceipt, { state: 'applied' }>): JournalEntry['processes'] {
  return confirmations.map(({ process, how, afterMs }) => ({ process, how, after_ms: rounded(afterMs) }));
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
