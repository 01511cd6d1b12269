import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import type { ApiClient } from './create-client.ts';

/** An answer with more characters in one event is not read. */
const MAX_EVENT_CHARACTERS = 4_194_304;

/**
 * Yields the server-sent events of a path until the api ends the stream or `signal` is aborted. Rejects as every call of the client
 * does; a stream that breaks is not resumed.
 */
export async function* readEvents(
  { url, send }: ApiClient,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage, void> {
  const request = new Request(new URL(path, url), { headers: { accept: 'text/event-stream' }, signal });
  const { body } = await send(request, { timeout: false });
  if (body === null) return;
  const events = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_EVENT_CHARACTERS }));
  for await (const event of events) yield event;
}
