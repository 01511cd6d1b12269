import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import { type Context, context, diag, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { cacheChannels, type ReadMessage } from '../model/diagnostics.ts';
import { CacheError } from '../model/errors.ts';
import { ERROR_TYPE } from './attributes.ts';
import {
  invalidateSpan,
  loadSpan,
  readSpan,
  type SpanAttributesOptions,
  type SpanDescription,
} from './span-attributes.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface SpansOptions extends SpanAttributesOptions {
  readonly tracer: Tracer;
  readonly subscriptions: Subscriptions;
  readonly memoryHits: boolean;
}

/** The object that a tracing channel passes from event to event. */
interface Run {
  readonly error?: unknown;
}

/** The context outside a span, and the context with the span. */
interface Nesting {
  readonly outer: Context;
  readonly inner: Context;
}

interface Running {
  readonly span: Span;
  readonly nesting: Nesting;
  /** Restores the context that was active before. */
  leave: () => void;
}

/** Makes a span for each awaited read, each load and each invalidation, nested as they run. */
export function traceCaches(options: SpansOptions): void {
  const spans = new Spans(options);
  const reads = readSpan(options);
  spans.of(cacheChannels.read, reads);
  spans.of(cacheChannels.load, loadSpan(options));
  spans.of(cacheChannels.invalidate, invalidateSpan(options));
  if (!options.memoryHits) return;
  options.subscriptions.on<ReadMessage>(cacheChannels.read, (message) => {
    if (message.awaited) return;
    const attributes = { ...reads.begun(message), ...reads.ended(message) };
    const endTime = Date.now();
    const startTime = endTime - (message.durationMs ?? 0);
    options.tracer.startSpan(reads.name, { attributes, startTime }).end(endTime);
  });
}

class Spans {
  readonly #options: SpansOptions;
  readonly #nesting = new AsyncLocalStorage<Nesting | undefined>();

  constructor(options: SpansOptions) {
    this.#options = options;
  }

  of<Message extends Run & object>(name: string, description: SpanDescription<Message>): void {
    const { subscriptions } = this.#options;
    const running = new WeakMap<Message, Running>();
    const { start, end, asyncEnd } = tracingChannel(name);
    // Node sets bound stores before it publishes the start of a run, so the span begins there.
    subscriptions.bind(channel<Message, Nesting | undefined>(start.name), this.#nesting, (message) => {
      const run = this.#begin(description, message);
      if (run) running.set(message, run);
      return run?.nesting ?? this.#nesting.getStore();
    });
    subscriptions.on<Message>(start.name, (message) => {
      const run = running.get(message);
      if (run) run.leave = activate(run.nesting.inner);
    });
    subscriptions.on<Message>(end.name, (message) => running.get(message)?.leave());
    subscriptions.on<Message>(asyncEnd.name, (message) => {
      const run = running.get(message);
      if (!run) return; // it started before this subscription
      run.span.setAttributes(description.ended(message));
      if ('error' in message) this.#fail(run.span, message.error);
      run.span.end();
    });
  }

  #begin<Message>({ name, begun }: SpanDescription<Message>, message: Message): Running | null {
    try {
      const outer = context.active();
      const parent = this.#parentIn(outer);
      const span = this.#options.tracer.startSpan(name, { attributes: begun(message) }, parent);
      return { span, nesting: { outer, inner: trace.setSpan(parent, span) }, leave: () => undefined };
    } catch (error) {
      diag.error(`beginning a span ${name} failed`, error);
      return null;
    }
  }

  /** The span of this package is the parent, also where the context manager cannot be given it. */
  #parentIn(active: Context): Context {
    const nesting = this.#nesting.getStore();
    return nesting?.outer === active ? nesting.inner : active;
  }

  #fail(span: Span, error: unknown): void {
    const { bounded, keys } = this.#options;
    span.setAttribute(ERROR_TYPE, bounded.errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    // Errors of the cache contain the key.
    if (error instanceof Error && (keys || !(error instanceof CacheError))) span.recordException(error);
  }
}

/** Activates a context for spans that a load makes. Returns a function that undoes it. Does nothing before API 1.10, or without a manager that supports it. */
function activate(inner: Context): () => void {
  if (typeof context.attach !== 'function') return () => undefined;
  const token = context.attach(inner);
  return () => token.dispose();
}
