import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import { append } from 'vary';
import type { Answer } from '../model/answer.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Encoding } from '../model/variant.ts';
import { cacheStatus } from './cache-status.ts';
import { type FixedHeaders, type PreparedAnswer, preparedOf } from './prepared-answer.ts';
import { serverTiming } from './server-timing.ts';

/** An answer of a cached route as it was sent. */
export interface SentAnswer {
  readonly outcome: Outcome;
  readonly status: 200 | 304;
  /** The length of its body; 0 for 304. */
  readonly bytes: number;
}

export interface SendOptions {
  readonly fixed: FixedHeaders;
  /** The content codings that the client prefers to plain bytes, best first. */
  readonly acceptedEncodings: readonly Encoding[];
  /** Headers of this answer alone, names and values in turn. */
  readonly extra: readonly string[];
  /** The key for `Cache-Status`, or null if the client may not see it. */
  readonly key: string | null;
}

/**
 * Sends the form of the answer that the client prefers among the existing ones, or 304 if the client has a current one. It uses
 * only what Node's own request and response have, because the fast path sends without Express.
 *
 * It sends `Cache-Control: no-cache`, because an invalidation cannot recall the copy of a cache downstream: that cache has to
 * revalidate, and gets 304 if nothing changed.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { cached, outcome }: Answer,
  options: SendOptions,
): SentAnswer {
  const { fixed, acceptedEncodings } = options;
  const prepared = preparedOf(cached, fixed);
  const held = heldETag(request, prepared, acceptedEncodings);
  if (held !== undefined) {
    response.writeHead(304, headOf(prepared.notModifiedHead(held), 304, outcome, response, options)).end();
    return { outcome, status: 304, bytes: 0 };
  }
  const form = prepared.best(acceptedEncodings);
  response.writeHead(200, headOf(form.head, 200, outcome, response, options));
  const text = outcome.tier === 'memory' ? prepared.text(form) : null;
  if (text === null) response.end(form.body);
  else response.end(text, 'latin1');
  return { outcome, status: 200, bytes: form.body.length };
}

function headOf(
  prepared: readonly string[],
  status: SentAnswer['status'],
  outcome: Outcome,
  response: ServerResponse,
  { fixed, extra, key }: SendOptions,
): string[] {
  const age = String(Math.floor(outcome.ageMs / 1_000));
  const head = [...prepared, 'Cache-Status', cacheStatus(outcome, status, key), 'Age', age, ...extra];
  const timing = serverTiming(outcome);
  if (timing !== null) head.push('Server-Timing', timing);
  if (fixed.vary !== '' && response.hasHeader('Vary')) mergeVary(head, response);
  return head;
}

/** Extends a `Vary` that the response has already, such as that of CORS middleware. */
function mergeVary(head: string[], response: ServerResponse): void {
  const at = head.indexOf('Vary') + 1;
  head[at] = append([response.getHeader('Vary')].flat().join(', '), head[at] ?? '');
}

/** Returns the entity tag of the form that the client has, made here or by another process; undefined if it has no current one. */
function heldETag(
  { method, headers }: IncomingMessage,
  prepared: PreparedAnswer,
  acceptedEncodings: readonly Encoding[],
): string | undefined {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const etags = [...acceptedEncodings, null].map((encoding) => prepared.etag(encoding));
  return etags.find((etag) => fresh({ 'if-none-match': ifNoneMatch }, { etag }));
}
