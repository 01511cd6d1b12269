import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Api } from './ask.ts';

export interface SystemEvent {
  readonly id: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read
  readonly data: any;
}

/** Opens a stream after `lastId`, reads up to `limit` events, and disconnects. Returns null if the answer is 204: the stream is over. */
export async function readEvents(
  api: Api,
  path: string,
  { lastId, limit }: { lastId: string | null; limit: number },
): Promise<SystemEvent[] | null> {
  const answer = await fetch(`${api.url}${path}`, lastId === null ? {} : { headers: { 'last-event-id': lastId } });
  if (answer.status === 204) return null;
  if (answer.status !== 200 || answer.body === null) throw new Error(`${path}: expected 200, got ${answer.status}`);
  const stream = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = stream.getReader();
  const events: SystemEvent[] = [];
  while (events.length < limit) {
    const { value } = await reader.read();
    if (value === undefined) break;
    events.push({ id: value.id ?? '', event: value.event ?? '', data: JSON.parse(value.data) });
  }
  await reader.cancel();
  return events;
}
