import type { IngestTask, ThreadReply } from '../thread-messages.ts';
import { NO_PROGRESS } from '../thread-messages.ts';

/** A reader that reports its start and then blocks forever, like a faulty parser. */
export function ingest({ port }: IngestTask): ThreadReply {
  port.postMessage(NO_PROGRESS);
  for (;;);
}
