import type { Request, Response } from 'express';
import fresh from 'fresh';
import type { Answer } from '../engine/reader.ts';
import type { Encoding } from '../tiers/variant.ts';
import { cacheStatus } from './cache-status.ts';

export interface Representation {
  readonly body: Buffer;
  readonly encoding: Encoding | null;
  /** Strong: another encoding is another representation (RFC 9110, 8.8.3). With its quotes. */
  readonly etag: string;
}

/**
 * Answers with the best form that there is, or 304 where the reader has one already.
 *
 * `Cache-Control: no-cache`: what a cache downstream keeps can't be recalled by an invalidation, so it has to ask, and
 * is told 304 where nothing changed.
 */
export function sendAnswer(
  request: Request,
  response: Response,
  answer: Answer,
  how: { readonly welcome: readonly Encoding[]; readonly headers: Readonly<Record<string, string>> },
): void {
  const { outcome } = answer;
  const forms = formsOf(answer, how.welcome);
  const held = isRead(request) ? forms.find((form) => isHeld(request, form)) : undefined;
  const { body, encoding, etag } = held ?? forms[0];
  const about = {
    ...how.headers,
    'Cache-Status': cacheStatus(outcome),
    Age: Math.floor(outcome.ageMs / 1_000),
    ETag: etag,
    'Cache-Control': 'no-cache',
  };
  if (held) {
    response.writeHead(304, about).end();
    return;
  }
  response
    .writeHead(200, {
      ...about,
      ...(encoding && { 'Content-Encoding': encoding }),
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': body.length,
    })
    .end(body);
}

/** The forms that this reader takes, best first; the plain one last. */
function formsOf({ kept }: Answer, welcome: readonly Encoding[]): [Representation, ...Representation[]] {
  const { body, etag } = kept.entry;
  const plain: Representation = { body, encoding: null, etag: `"${etag}"` };
  const forms: Representation[] = [];
  for (const encoding of welcome) {
    const variant = kept.variant(encoding);
    if (variant) forms.push({ body: variant, encoding, etag: `"${etag}-${encoding}"` });
  }
  const [best] = forms;
  return best ? [best, ...forms.slice(1), plain] : [plain];
}

function isHeld(request: Request, { etag }: Representation): boolean {
  return fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag });
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}
