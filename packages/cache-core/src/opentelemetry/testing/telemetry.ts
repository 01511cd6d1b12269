import { context, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { buildKey } from '../../model/key.ts';
import { resolvePolicy } from '../../model/policy.ts';
import { type Instrumentation, type InstrumentOptions, instrumentCache } from '../index.ts';

export const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
export const OTHER = buildKey({ prefix: 'files', name: 'n', params: null });
export const POLICY = resolvePolicy({ freshFor: '10s', staleFor: '10s', jitter: 0, earlyRefresh: 0 });

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {
    // nothing waits to be exported
  }
  protected async onShutdown(): Promise<void> {
    // nothing was opened
  }
}

interface Point {
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Attributes by their short names. */
export const short = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replace('pilotlight.cache.', ''), value]));

/** An OpenTelemetry SDK in memory, and the data that it received. */
export class Telemetry {
  readonly exporter = new InMemorySpanExporter();
  #reader = new Reader();
  #instrumentation: Instrumentation | null = null;

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  }

  instrument(options: InstrumentOptions = {}): TracerProvider {
    const tracerProvider = new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: this.exporter })],
    });
    this.#reader = new Reader();
    const meterProvider = new MeterProvider({ readers: [this.#reader] });
    this.#instrumentation = instrumentCache({ tracerProvider, meterProvider, ...options });
    return tracerProvider;
  }

  /** Stops the instrumentation that `instrument` started. */
  stop(): void {
    this.#instrumentation?.stop();
    this.#instrumentation = null;
  }

  /** Takes the SDK off the process. */
  close(): void {
    this.stop();
    context.disable();
    diag.disable();
  }

  /** The points of a metric, with short names for their attributes. */
  async points(metric: string): Promise<Point[]> {
    const found = (await this.metrics()).filter(({ descriptor }) => descriptor.name === `pilotlight.cache.${metric}`);
    return found
      .flatMap(({ dataPoints }) => dataPoints as Point[])
      .map(({ value, attributes }) => ({ value, attributes: short(attributes) }));
  }

  async metrics() {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  }

  /** Ended spans as a tree: each behind those it is inside of. */
  tree(): string[] {
    const spans = this.exporter.getFinishedSpans();
    const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    const path = (span: ReadableSpan): string => {
      const parent = byId.get(span.parentSpanContext?.spanId ?? '');
      return parent ? `${path(parent)} > ${span.name}` : span.name;
    };
    return spans.map(path).sort();
  }

  span(name: string): ReadableSpan | undefined {
    return this.exporter.getFinishedSpans().find((ended) => ended.name === name);
  }
}
