import type { IngestTask, ThreadReply } from '../thread-messages.ts';
import { NO_PROGRESS } from '../thread-messages.ts';

/** A reader that says it has begun, and never comes back: a parser with a fault. */
export function ingest({ port }: IngestTask): ThreadReply {
  port.postMessage(NO_PROGRESS);
  for (;;);
}
