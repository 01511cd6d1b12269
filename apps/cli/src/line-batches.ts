import type { Readable } from 'node:stream';

export interface BatchOptions {
  /** A batch is full with this number of bytes. */
  readonly maxBytes: number;
  /** A batch that is not full is complete after this time, in ms. */
  readonly maxMs: number;
}

const LINE_FEED = 0x0a;

/**
 * Cuts an input into batches of whole lines. A line that is longer than a batch is cut. The last line need not have an end.
 */
export async function* lineBatches(input: Readable, { maxBytes, maxMs }: BatchOptions): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  let held = Buffer.alloc(0);
  let next = chunks.next();
  /** When the first held line was complete; null without one. */
  let since: number | null = null;
  for (;;) {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    // Without lines there is nothing to send, and no reason to wake up.
    since = held.includes(LINE_FEED) ? (since ?? performance.now()) : null;
    const timer =
      since === null ? null : setTimeout(() => resolve('late'), Math.max(0, since + maxMs - performance.now()));
    const got = await Promise.race([next, late]);
    if (timer !== null) clearTimeout(timer);
    if (got !== 'late') {
      if (got.done === true) break;
      held = Buffer.concat([held, Buffer.from(got.value)]);
      next = chunks.next();
    }
    while (held.length >= maxBytes || (got === 'late' && held.includes(LINE_FEED))) {
      const end = held.subarray(0, maxBytes).lastIndexOf(LINE_FEED) + 1 || Math.min(maxBytes, held.length);
      yield held.subarray(0, end);
      held = held.subarray(end);
      since = null;
    }
  }
  for (; held.length > 0; held = held.subarray(maxBytes)) yield held.subarray(0, maxBytes);
}
