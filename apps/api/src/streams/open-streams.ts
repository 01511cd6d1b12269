import type { ServerResponse } from 'node:http';
import { ApiError, TryLater } from '../errors.ts';
import { EventStream, type EventStreamOptions } from './event-stream.ts';

export interface StreamLimits {
  /** The maximum number of open streams of this process. */
  readonly perProcess: number;
  /** The maximum number of open streams of one client: a token, or an address. */
  readonly perClient: number;
}

const RETRY_AFTER_MS = 5_000;

/** This process has as many open streams as it may. */
class TooManyStreams extends TryLater {
  constructor(limit: number) {
    const detail = `expected fewer than ${limit} open event streams in this process (EVENT_STREAMS), got ${limit}; try again later or on another api`;
    super('TOO_MANY_STREAMS', detail, RETRY_AFTER_MS);
  }
}

/** One client has as many open streams as it may. */
class TooManyStreamsOfClient extends ApiError {
  constructor(limit: number) {
    const detail = `expected fewer than ${limit} open event streams of this client (EVENT_STREAMS_PER_CLIENT), got ${limit}; close one of them`;
    const headers = { 'Retry-After': String(RETRY_AFTER_MS / 1_000) };
    super({ status: 429, code: 'TOO_MANY_STREAMS_OF_CLIENT', detail, headers });
  }
}

/** The open streams of a process. Their number is bounded; all of them end when the process begins to shut down. */
export class OpenStreams {
  readonly #limits: StreamLimits;
  readonly #stopping: AbortSignal;
  readonly #open = new Map<EventStream, string>();

  constructor(limits: StreamLimits, stopping: AbortSignal) {
    this.#limits = limits;
    this.#stopping = stopping;
    stopping.addEventListener('abort', () => {
      for (const stream of this.#open.keys()) stream.end('this process is shutting down');
    });
  }

  get count(): number {
    return this.#open.size;
  }

  /** Opens a stream. Throws if the process or the client has as many as it may, or if the process is shutting down. */
  open(response: ServerResponse, client: string, options: EventStreamOptions): EventStream {
    this.check(client);
    const stream = new EventStream(response, options);
    if (stream.closed.aborted) return stream; // the client disconnected before
    this.#open.set(stream, client);
    stream.closed.addEventListener('abort', () => this.#open.delete(stream), { once: true });
    return stream;
  }

  /** Throws what `open` would throw. */
  check(client: string): void {
    if (this.#stopping.aborted)
      throw new TryLater('SHUTTING_DOWN', 'this process is shutting down; try again', RETRY_AFTER_MS);
    const { perProcess, perClient } = this.#limits;
    if (this.#open.size >= perProcess) throw new TooManyStreams(perProcess);
    const own = [...this.#open.values()].filter((other) => other === client).length;
    if (own >= perClient) throw new TooManyStreamsOfClient(perClient);
  }
}
