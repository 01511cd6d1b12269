import type { Request, Response } from 'express';
import fresh from 'fresh';
import type { Answer } from '../answer.ts';
import type { Encoding } from '../tiers/variant.ts';
import { cacheStatus } from './cache-status.ts';

export interface Representation {
  readonly body: Buffer;
  readonly encoding: Encoding | null;
  /** Strong: another encoding is another representation (RFC 9110, 8.8.3). With its quotes. */
  readonly etag: string;
}

/** What all answers of a route carry. */
export interface FixedHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: the answer is the same whatever the request's headers. */
  readonly vary: string;
}

/** `vary`: names of headers, beside those of a `Vary` among `headers`. */
export function fixedHeaders(headers: Readonly<Record<string, string>>, vary: readonly string[]): FixedHeaders {
  const isVary = ([name]: [string, string]) => name.toLowerCase() === 'vary';
  const all = Object.entries(headers);
  const rest = Object.fromEntries(all.filter((header) => !isVary(header)));
  return { headers: rest, vary: [...all.filter(isVary).map(([, value]) => value), ...vary].join(', ') };
}

/**
 * Answers with the best form that there is, or 304 where the reader has one already.
 *
 * `Cache-Control: no-cache`: what a cache downstream keeps can't be recalled by an invalidation, so it has to ask, and
 * gets 304 where nothing changed.
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
    response.writeHead(304, about).end();
    return { sent: 'not modified' };
  }
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

/** Adds to a `Vary` that the response has already, such as that of CORS middleware. */
function vary(response: Response, names: string): { readonly Vary?: string } {
  if (names === '') return {};
  if (!response.hasHeader('Vary') && !names.includes('*')) return { Vary: names };
  response.vary(names);
  return {};
}

const etagOf = ({ kept }: Answer, encoding: Encoding | null): string =>
  encoding ? `"${kept.etag}-${encoding}"` : `"${kept.etag}"`;

/** The first that is made of the forms that this reader takes, best first; the plain one is always there. */
function bestForm(answer: Answer, acceptedEncodings: readonly Encoding[]): Representation {
  const { kept } = answer;
  for (const encoding of acceptedEncodings) {
    const body = kept.variant(encoding);
    if (body) return { body, encoding, etag: etagOf(answer, encoding) };
  }
  return { body: kept.body, encoding: null, etag: etagOf(answer, null) };
}

/** The entity tag of the form that the reader holds, made here or by another process; undefined if it holds none that is current. */
function heldBy(request: Request, answer: Answer, acceptedEncodings: readonly Encoding[]): string | undefined {
  const ifNoneMatch = request.headers['if-none-match'];
  if (ifNoneMatch === undefined) return undefined;
  const forms = [...acceptedEncodings, null].map((encoding) => etagOf(answer, encoding));
  return forms.find((etag) => fresh({ 'if-none-match': ifNoneMatch }, { etag }));
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}
