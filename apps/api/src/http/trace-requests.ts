import { context, SpanStatusCode } from '@opentelemetry/api';
import { startServerSpan } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { patternOf } from './answered.ts';

/**
 * Runs each request in a span that continues the trace of its `traceparent`. The span has the path pattern of the route and no path or query,
 * which may hold personal data. Register it after `assignRequestId`, and only in a process that makes traces. A hit that is answered before Express
 * has no span.
 */
export const traceRequests: RequestHandler = (request, response, next) => {
  const { method, headers } = request;
  const attributes = { 'http.request.method': method, 'pilotlight.request_id': request.id };
  const { span, inner } = startServerSpan(headers, method, attributes);
  response.once('close', () => {
    const route = patternOf(request);
    if (route !== null) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(inner, next);
};
