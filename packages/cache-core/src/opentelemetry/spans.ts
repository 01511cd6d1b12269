import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import { type Context, context, diag, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { cacheChannels, type ReadMessage } from '../diagnostics.ts';
import { CacheError } from '../errors.ts';
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

/** What a tracing channel hands from event to event. */
interface Run {
  readonly error?: unknown;
}

/** The context that was active outside of a span, and the one with it. */
interface Nesting {
  readonly outer: Context;
  readonly inner: Context;
}

interface Running {
  readonly span: Span;
  readonly nesting: Nesting;
  /** Makes active again what was. */
  leave: () => void;
}

/** Makes a span of each awaited read, each load and each invalidation, nested as they run. */
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

  of<Told extends Run & object>(name: string, description: SpanDescription<Told>): void {
    const { subscriptions } = this.#options;
    const running = new WeakMap<Told, Running>();
    const { start, end, asyncEnd } = tracingChannel(name);
    // Node gives bound stores their value before it tells that a run starts: so the span is made there.
    subscriptions.bind(channel<Told, Nesting | undefined>(start.name), this.#nesting, (told) => {
      const run = this.#begin(description, told);
      if (run) running.set(told, run);
      return run?.nesting ?? this.#nesting.getStore();
    });
    subscriptions.on<Told>(start.name, (told) => {
      const run = running.get(told);
      if (run) run.leave = activate(run.nesting.inner);
    });
    subscriptions.on<Told>(end.name, (told) => running.get(told)?.leave());
    subscriptions.on<Told>(asyncEnd.name, (told) => {
      const run = running.get(told);
      if (!run) return; // it started before anybody listened
      run.span.setAttributes(description.ended(told));
      if ('error' in told) this.#fail(run.span, told.error);
      run.span.end();
    });
  }

  #begin<Told>({ name, begun }: SpanDescription<Told>, told: Told): Running | null {
    try {
      const outer = context.active();
      const parent = this.#parentIn(outer);
      const span = this.#options.tracer.startSpan(name, { attributes: begun(told) }, parent);
      return { span, nesting: { outer, inner: trace.setSpan(parent, span) }, leave: () => undefined };
    } catch (error) {
      diag.error(`beginning a span ${name} failed`, error);
      return null;
    }
  }

  /** Our span is the parent also where the context manager can't be told of it. */
  #parentIn(active: Context): Context {
    const nesting = this.#nesting.getStore();
    return nesting?.outer === active ? nesting.inner : active;
  }

  #fail(span: Span, error: unknown): void {
    const { bounded, keys } = this.#options;
    span.setAttribute(ERROR_TYPE, bounded.errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    // The cache's own errors name the key.
    if (error instanceof Error && (keys || !(error instanceof CacheError))) span.recordException(error);
  }
}

/** For those who make spans inside of a load. Answers how to undo it. Before 1.10, and without a manager that can, nothing happens. */
function activate(inner: Context): () => void {
  if (typeof context.attach !== 'function') return () => undefined;
  const token = context.attach(inner);
  return () => token.dispose();
}
