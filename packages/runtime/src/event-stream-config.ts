import type { z } from 'zod';
import { wholeNumber } from './config-values.ts';

/** The variables that bound the open streams of server-sent events. */
export const EVENT_STREAM_VARIABLES = {
  /** Open streams of one api process; beyond, requests get 503. */
  EVENT_STREAMS: wholeNumber(1, 100_000).default(256),
  /** Open streams of one token, or of one address without tokens, per api process; beyond, requests get 429. */
  EVENT_STREAMS_PER_CLIENT: wholeNumber(1, 100_000).default(32),
} as const;

export function eventStreamsOf(data: z.output<z.ZodObject<typeof EVENT_STREAM_VARIABLES>>) {
  return { perProcess: data.EVENT_STREAMS, perClient: data.EVENT_STREAMS_PER_CLIENT };
}
