import { context } from '@opentelemetry/api';
import type { Outcome } from '@pilotlight/cache-core';
import { sentAnswerOf } from '@pilotlight/cache-core/express';
import type { Request, RequestHandler, Response } from 'express';
import { pathOf } from './request-target.ts';

/** One request after its answer: the request log, the metrics and the statistics are made from it. */
export interface AnsweredRequest {
  /** The path pattern of the route, such as `/api/files/:id`; null if no route matched. It is bounded, so metrics may label by it. */
  readonly route: string | null;
  readonly method: string;
  /** The path as the client sent it, without the query, which may hold personal data. */
  readonly path: string;
  readonly status: number;
  /** The outcome of the cached read; null if the answer did not come from the cache. */
  readonly outcome: Outcome['outcome'] | null;
  /** The tier that held the answer; null if it was loaded, or did not come from the cache. */
  readonly tier: Outcome['tier'];
  /** Milliseconds from the arrival of the headers to the end of the answer. */
  readonly durationMs: number;
  /** The length of the answer's body; 0 if it was not known when the answer began. */
  readonly bytes: number;
  readonly requestId: string;
  /** Which code answered: the fast path for hits, the queue that refuses reads in an overload, the routes of Express, or the server before them. */
  readonly way: 'fast' | 'shed' | 'express' | 'server';
  /** Whether the connection closed before the whole answer was sent. */
  readonly isCutOff: boolean;
}

/** Observes one answered request. It must not throw. */
export type OnAnswered = (answered: AnsweredRequest) => void;

/** Returns an observer that calls each of these observers. */
export function all(observers: readonly OnAnswered[]): OnAnswered {
  return (answered) => {
    for (const observe of observers) observe(answered);
  };
}

/** Reports each request that Express answers once its response has closed. Register it after `assignRequestId`. */
export function reportAnswered(onAnswered: OnAnswered): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const report = () => onAnswered(answeredOf(request, response, performance.now() - began));
    // The connection emits the event, so its listener would not be in the trace of the request.
    response.once('close', context.bind(context.active(), report));
    next();
  };
}

function answeredOf(request: Request, response: Response, durationMs: number): AnsweredRequest {
  const { id: requestId, method, originalUrl } = request;
  const sent = sentAnswerOf(response);
  return {
    route: patternOf(request),
    method,
    path: pathOf(originalUrl),
    status: response.statusCode,
    outcome: sent?.outcome.outcome ?? null,
    tier: sent?.outcome.tier ?? null,
    durationMs,
    bytes: sent?.bytes ?? Number(response.getHeader('Content-Length') ?? 0),
    requestId,
    way: 'express',
    isCutOff: !response.writableFinished,
  };
}

/** Express sets `route` when a route matches, and keeps it. */
export function patternOf({ baseUrl, route }: Request): string | null {
  const pattern: unknown = route?.path;
  return typeof pattern === 'string' ? baseUrl + pattern : null;
}
