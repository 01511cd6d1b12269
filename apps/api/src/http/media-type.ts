import type { IncomingMessage } from 'node:http';

/** The media type of a request's body, without parameters and in lower case; null when it has none. */
export function mediaTypeOf({ headers }: IncomingMessage): string | null {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() || null;
}
