import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import { append } from 'vary';
import type { Answer } from '../model/answer.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Encoding } from '../model/variant.ts';
import { cacheStatus } from './cache-status.ts';
import { headLines, writeDirectly } from './direct-write.ts';
import { type FixedHeaders, type PreparedAnswer, type PreparedForm, preparedOf } from './prepared-answer.ts';
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
  /** Whether the answer may be sent without `writeHead`, which middleware may have replaced. */
  readonly isDirect: boolean;
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
    send(response, { status: 304, form: prepared.notModified(held), body: null, outcome }, options);
    return { outcome, status: 304, bytes: 0 };
  }
  const form = prepared.best(acceptedEncodings);
  const text = outcome.tier === null ? null : prepared.text(form);
  send(response, { status: 200, form, body: text ?? form.body, outcome }, options);
  return { outcome, status: 200, bytes: form.bytes };
}

interface Sending extends Pick<SentAnswer, 'status' | 'outcome'> {
  readonly form: Pick<PreparedForm, 'head' | 'lines'>;
  readonly body: string | Buffer | null;
}

function send(response: ServerResponse, { status, form, body, outcome }: Sending, options: SendOptions): void {
  const ofAnswer = headersOf(outcome, status, options);
  if (options.isDirect && form.lines !== null) {
    const lines = headLines(ofAnswer);
    if (lines !== null && writeDirectly(response, status, form.lines + lines, body)) return;
  }
  const head = [...form.head, ...ofAnswer];
  if (options.fixed.vary !== '' && response.hasHeader('Vary')) mergeVary(head, response);
  response.writeHead(status, head).end(body ?? '', 'latin1');
}

/** Returns the headers of one answer, names and values in turn, without those that are the same in each answer of the form. */
function headersOf(outcome: Outcome, status: SentAnswer['status'], { extra, key }: SendOptions): string[] {
  const age = String(Math.floor(outcome.ageMs / 1_000));
  const headers = ['Cache-Status', cacheStatus(outcome, status, key), 'Age', age, ...extra];
  const timing = serverTiming(outcome);
  if (timing !== null) headers.push('Server-Timing', timing);
  return headers;
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
