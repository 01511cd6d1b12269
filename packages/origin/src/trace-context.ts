import { context, propagation } from '@opentelemetry/api';
import { type TraceContext, traceContextSchema } from '@pilotlight/contracts';

/** Returns the trace that the caller is in; null without one, and if the process makes no traces. */
export function activeTrace(): TraceContext | null {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return traceContextSchema.safeParse(headers).data ?? null;
}
