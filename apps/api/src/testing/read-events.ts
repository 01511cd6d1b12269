import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

export interface EventReader {
  readonly response: Response;
  /** The comments so far. */
  readonly comments: string[];
  /** Returns the next event; null at the end of the stream. */
  next(): Promise<ReadEvent | null>;
  /** Returns all events up to the end of the stream. */
  rest(): Promise<ReadEvent[]>;
  close(): Promise<void>;
}

/** Reads an answer as a browser reads server-sent events. */
export function readEvents(response: Response): EventReader {
  const comments: string[] = [];
  const parser = new EventSourceParserStream({
    onComment: (comment) => comments.push(comment.trim()),
  });
  if (response.body === null) throw new Error(`expected a body, got status ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(parser).getReader();
  const next: EventReader['next'] = async () => {
    const { value } = await reader.read();
    return value === undefined ? null : { id: value.id, event: value.event, data: JSON.parse(value.data) };
  };
  return {
    response,
    comments,
    next,
    rest: async () => {
      const events: ReadEvent[] = [];
      for (let event = await next(); event !== null; event = await next()) events.push(event);
      return events;
    },
    close: () => reader.cancel(),
  };
}
