import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type TraceContext, traceContextSchema } from '@pilotlight/contracts';

const SCOPE = '@pilotlight/runtime';

export interface SpanRequest {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** The parent; undefined for the span that is active. An event or a job of another process carries it. */
  readonly parent?: unknown;
}

/** Runs `work` in a span. Without an SDK, the span costs a few function calls. */
export async function inSpan<Result>(
  { name, kind, attributes, parent }: SpanRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  const span = trace.getTracer(SCOPE).startSpan(name, { kind, attributes }, contextOf(parent));
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}

/** Starts the span of a request whose headers may continue a trace. */
export function startServerSpan(headers: object, name: string, attributes: Attributes): { span: Span; inner: Context } {
  const outer = propagation.extract(ROOT_CONTEXT, headers);
  const span = trace.getTracer(SCOPE).startSpan(name, { kind: SpanKind.SERVER, attributes }, outer);
  return { span, inner: trace.setSpan(outer, span) };
}

/** Returns the ids of the active span as fields of a log line; no fields without a span. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/** Returns the trace that the caller is in; null without one, and if the process makes no traces. */
export function activeTrace(): TraceContext | null {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return traceContextSchema.safeParse(headers).data ?? null;
}

function contextOf(parent: unknown): Context {
  if (parent === undefined) return context.active();
  const known = traceContextSchema.safeParse(parent).data;
  return known === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, known);
}
