import type { ThreadReply } from '../thread-messages.ts';

/** A reader that holds all that it reads. */
export function ingest(): ThreadReply {
  const held: number[][] = [];
  for (;;) held.push(new Array<number>(100_000).fill(held.length));
}
