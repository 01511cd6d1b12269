import { type ApiClient, createClient } from '@pilotlight/client';
import type { Api } from './ask.ts';

/** Returns the typed client of an api. It repeats no request, so that a test sees each failure. */
export function clientOf({ url }: Pick<Api, 'url'>): ApiClient {
  return createClient({ url, retries: 0 });
}
