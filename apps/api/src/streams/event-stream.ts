import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { onceClosed } from '../http/once-closed.ts';

/** Shorter than the idle time-outs of common proxies. */
const HEARTBEAT_MS = 15_000;
/** A client that reads nothing for this time, while more is to be sent, is disconnected. */
const STALLED_MS = 15_000;
/** How often a stream checks that its client may still read. */
const ACCESS_CHECK_MS = 5_000;
/** The maximum duration of a stream: the client reconnects, so processes share the load. */
const MAX_STREAM_MS = 15 * 60_000;
/** The pause before a client reconnects, in ms; the second part is random, so that the clients of a process that ends do not return together. */
const RETRY_MS = { min: 500, spread: 1_500 };

export interface StreamEvent {
  /** The `Last-Event-ID` with which a stream continues after this event. */
  readonly id: string;
  readonly event: string;
  /** Sent as JSON, so it has no line breaks. */
  readonly data: object;
}

export interface EventStreamOptions {
  /** In ms. */
  readonly heartbeatMs?: number;
  /** In ms. */
  readonly stalledMs?: number;
  /** In ms. */
  readonly accessCheckMs?: number;
  /** Returns whether the client still has the right that it had when the stream began. Defaults to always. */
  readonly mayContinue?: () => boolean;
}

/**
 * An answer of server-sent events (WHATWG HTML, section 9.2). At most one event beyond the buffers of the socket is in memory: the caller
 * sends only while `isWritable`, and a client that does not read is disconnected.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #closed = new AbortController();
  readonly #timers: NodeJS.Timeout[];
  readonly #stalledMs: number;
  #stalled: NodeJS.Timeout | null = null;
  #noted: string | null = null;

  /** Sends the headers. */
  constructor(
    response: ServerResponse,
    {
      heartbeatMs = HEARTBEAT_MS,
      stalledMs = STALLED_MS,
      accessCheckMs = ACCESS_CHECK_MS,
      mayContinue = () => true,
    }: EventStreamOptions = {},
  ) {
    this.#response = response;
    this.#stalledMs = stalledMs;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx collects an answer before it sends it, unless this header forbids it.
      'X-Accel-Buffering': 'no',
    });
    this.#timers = [
      setInterval(() => this.#beat(), heartbeatMs),
      setInterval(() => {
        if (!mayContinue()) this.end('the token is no longer valid');
      }, accessCheckMs),
      setTimeout(() => this.end('reconnect to continue'), MAX_STREAM_MS),
    ];
    onceClosed(response, () => this.#close());
    response.on('drain', () => this.#resume());
    this.#write(`retry: ${Math.round(RETRY_MS.min + Math.random() * RETRY_MS.spread)}\n\n`);
  }

  /** Aborted once the client has disconnected or the stream has ended. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Whether the client has read enough for another event. */
  get isWritable(): boolean {
    return !this.#closed.signal.aborted && !this.#response.writableNeedDrain;
  }

  /** Resolves once another event can be sent; with false if the stream has ended. */
  async ready(): Promise<boolean> {
    if (!this.isWritable && !this.#closed.signal.aborted)
      await once(this.#response, 'drain', { signal: this.#closed.signal }).catch((error: unknown) => {
        if (!this.#closed.signal.aborted) throw error;
      });
    return this.isWritable;
  }

  /** Notes from where a client continues if no event follows. The next heartbeat sends it. */
  note(id: string): void {
    this.#noted = id;
  }

  send({ id, event, data }: StreamEvent): void {
    this.#noted = null;
    this.#write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Sends an event from which no stream continues. `json` has no line breaks. */
  sendText(event: string, json: string): void {
    this.#write(`event: ${event}\ndata: ${json}\n\n`);
  }

  /** Ends the answer. A client without the last event reconnects. */
  end(reason: string): void {
    if (this.#closed.signal.aborted) return;
    this.#response.end(`: ${reason}\n\n`);
    this.#close();
  }

  #beat(): void {
    if (!this.isWritable) return;
    // An event without data only sets the last event id.
    this.#write(this.#noted === null ? ': keep-alive\n\n' : `: keep-alive\nid: ${this.#noted}\n\n`);
  }

  #write(text: string): void {
    if (this.#closed.signal.aborted || this.#response.write(text)) return;
    // `destroy` instead of `end`: the client would not read the end either.
    this.#stalled ??= setTimeout(() => this.#response.destroy(), this.#stalledMs);
  }

  #resume(): void {
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.#stalled = null;
  }

  #close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    // A client that does not read the end is disconnected too.
    if (this.#response.closed) this.#resume();
    else this.#stalled ??= setTimeout(() => this.#response.destroy(), this.#stalledMs);
    this.#closed.abort();
  }
}
