import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import fresh from 'fresh';
import type { Answer } from '../model/answer.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Encoding } from '../model/variant.ts';
import { cacheStatus } from './cache-status.ts';

export interface Representation {
  readonly body: Buffer;
  readonly encoding: Encoding | null;
  /** Strong: another encoding is another representation (RFC 9110, 8.8.3). With its quotes. */
  readonly etag: string;
}

/** The headers of all answers of a route. */
export interface FixedHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** Empty if the answer does not depend on the request's headers. */
  readonly vary: string;
}

/** An answer of a cached route as it was sent. */
export interface SentAnswer {
  readonly outcome: Outcome;
  /** The length of its body; 0 for 304. */
  readonly bytes: number;
}

const sentAnswers = new WeakMap<ServerResponse, SentAnswer>();

/** Returns the answer of a cached route that was sent with this response; undefined if another handler answered. */
export function sentAnswerOf(response: ServerResponse): SentAnswer | undefined {
  return sentAnswers.get(response);
}

/** @param vary names of headers, in addition to those of a `Vary` in `headers` */
export function fixedHeaders(headers: Readonly<Record<string, string>>, vary: readonly string[]): FixedHeaders {
  const isVary = ([name]: [string, string]) => name.toLowerCase() === 'vary';
  const all = Object.entries(headers);
  const rest = Object.fromEntries(all.filter((header) => !isVary(header)));
  return { headers: rest, vary: [...all.filter(isVary).map(([, value]) => value), ...vary].join(', ') };
}

/**
 * Sends the form of the answer that the client prefers among the existing ones, or 304 if the client has a current one.
 *
 * It sends `Cache-Control: no-cache`, because an invalidation cannot recall the copy of a cache downstream: that cache has to
 * revalidate, and gets 304 if nothing changed.
 */
export function sendAnswer(
  request: Request,
  response: Response,
  answer: Answer,
  how: FixedHeaders & { readonly acceptedEncodings: readonly Encoding[] },
): { readonly sent: 'body' | 'not modified' } {
  const { outcome } = answer;
  const heldETag = isRead(request) ? heldBy(request, answer, how.acceptedEncodings) : undefined;
  const { body, encoding, etag } = bestForm(answer, how.acceptedEncodings);
  const about = {
    ...how.headers,
    ...vary(response, how.vary),
    'Cache-Status': cacheStatus(outcome),
    Age: Math.floor(outcome.ageMs / 1_000),
    ETag: heldETag ?? etag,
    'Cache-Control': 'no-cache',
  };
  if (heldETag !== undefined) {
    sentAnswers.set(response, { outcome, bytes: 0 });
    response.writeHead(304, about).end();
    return { sent: 'not modified' };
  }
  sentAnswers.set(response, { outcome, bytes: body.length });
  response
    .writeHead(200, {
      ...about,
      ...(encoding && { 'Content-Encoding': encoding }),
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': body.length,
    })
    .end(body);
  return { sent: 'body' };
}

/** Extends a `Vary` that the response has already, such as that of CORS middleware. */
function vary(response: Response, names: string): { readonly Vary?: string } {
  if (names === '') return {};
  if (!response.hasHeader('Vary') && !names.includes('*')) return { Vary: names };
  response.vary(names);
  return {};
}

const etagOf = ({ cached }: Answer, encoding: Encoding | null): string =>
  encoding ? `"${cached.etag}-${encoding}"` : `"${cached.etag}"`;

/** Returns the existing form of the answer that the client prefers. The uncompressed form always exists. */
function bestForm(answer: Answer, acceptedEncodings: readonly Encoding[]): Representation {
  const { cached } = answer;
  for (const encoding of acceptedEncodings) {
    const body = cached.variant(encoding);
    if (body) return { body, encoding, etag: etagOf(answer, encoding) };
  }
  return { body: cached.body, encoding: null, etag: etagOf(answer, null) };
}

/** Returns the entity tag of the form that the client has, made here or by another process; undefined if it has no current one. */
function heldBy(request: Request, answer: Answer, acceptedEncodings: readonly Encoding[]): string | undefined {
  const ifNoneMatch = request.headers['if-none-match'];
  if (ifNoneMatch === undefined) return undefined;
  const forms = [...acceptedEncodings, null].map((encoding) => etagOf(answer, encoding));
  return forms.find((etag) => fresh({ 'if-none-match': ifNoneMatch }, { etag }));
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}
