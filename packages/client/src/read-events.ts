import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { ApiClient } from './create-client.ts';
import { ApiUnreachable } from './errors.ts';

/** An answer with more characters in one event is not read. */
const MAX_EVENT_CHARACTERS = 4_194_304;

/** How far the events of a path are read. `readEvents` updates it, and continues from it if it is passed again. */
export interface StreamState {
  /** The last id, also of an event without data; empty before the first. */
  lastEventId: string;
  /** The wait before a reconnection, in ms: the last one that the api asked for. */
  retryMs: number;
  /** How often the api began a stream. */
  streams: number;
}

/** Returns the state before the first stream. */
export function newStreamState(): StreamState {
  return { lastEventId: '', retryMs: 1_000, streams: 0 };
}

/**
 * Yields the server-sent events of a path until the api ends the stream or `signal` is aborted; none if the answer is not such a
 * stream. Rejects as every call of the client does, and with `ApiUnreachable` if the stream breaks. A
 * reconnection is sent once: its caller repeats it.
 */
export async function* readEvents(
  { urlOf, send }: ApiClient,
  path: string,
  signal: AbortSignal,
  state: StreamState = newStreamState(),
): AsyncGenerator<EventSourceMessage, void> {
  const headers = new Headers({ accept: 'text/event-stream' });
  if (state.lastEventId !== '') headers.set('last-event-id', state.lastEventId);
  const request = new Request(urlOf(path), { headers, signal });
  const response = await send(request, { timeout: false, ...(state.streams > 0 && { retry: 0 }) });
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) return;
  state.streams++;
  // An id counts only once the events before it are yielded, so it is kept in their order.
  const parsed: (EventSourceMessage | string)[] = [];
  const parser = createParser({
    onEvent: (event) => parsed.push(event),
    onId: (id) => parsed.push(id),
    onRetry: (retryMs) => {
      state.retryMs = retryMs;
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
    maxBufferSize: MAX_EVENT_CHARACTERS,
  });
  for await (const text of textOf(response.body, signal)) {
    parser.feed(text);
    for (const one of parsed.splice(0)) {
      if (typeof one === 'string') state.lastEventId = one;
      else yield one;
    }
  }
}

async function* textOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  try {
    yield* body.pipeThrough(new TextDecoderStream());
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiUnreachable('the event stream of the api broke', { cause: error });
  }
}
