import { z } from 'zod';
import { CACHED, CACHED_BODY, UNCACHED } from './headers.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Returns a JSON answer that no cache may store. */
export function json<const Body extends z.ZodType>(body: Body, description: string) {
  return { description, type: JSON_TYPE, body, headers: UNCACHED } as const;
}

/** Returns the answers of a cached route. */
export function cachedAnswers<const Body extends z.ZodType>(body: Body, description: string) {
  return { 200: { description, type: JSON_TYPE, body, headers: CACHED_BODY } } as const;
}

/** The answer to `If-None-Match` with the current entity tag. */
export const notModified = {
  304: { description: 'The client has the current answer.', type: null, body: null, headers: CACHED },
} as const;

/** A stream of server-sent events. */
export const EVENTS = {
  description: 'The events.',
  type: 'text/event-stream',
  body: null,
  headers: {
    ...UNCACHED,
    'Cache-Control': z.literal('no-store, no-transform'),
    'X-Accel-Buffering': z.literal('no'),
  },
} as const;

/** The request header from which a stream continues. */
export const lastEventId = z.object({
  'last-event-id': z.string().optional().describe('The id of the last event that the client has.'),
});
