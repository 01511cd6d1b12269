import type { ThreadReply } from '../thread-messages.ts';

/** A reader that keeps everything it reads in memory. */
export function ingest(): ThreadReply {
  const held: number[][] = [];
  for (;;) held.push(new Array<number>(100_000).fill(held.length));
}
