import { z } from 'zod';
import { PROBLEM_TYPES, type ProblemCode } from '../problem-types.ts';

/** Headers of answers to a request that counts in a rate limit (draft-ietf-httpapi-ratelimit-headers). */
const RATE_LIMIT = {
  'RateLimit-Policy': z
    .string()
    .regex(/^"(token|address)";q=\d+;w=60/)
    .optional()
    .describe('The limits in which the request counts: requests `q` per `w` seconds.')
    .meta({ example: '"token";q=600;w=60', header: { id: 'RateLimit-Policy' } }),
  RateLimit: z
    .string()
    .regex(/^"(token|address)";r=\d+;t=\d+/)
    .optional()
    .describe('What each of them has left: requests `r`, for `t` seconds.')
    .meta({ example: '"token";r=599;t=58', header: { id: 'RateLimit' } }),
};

/** Headers of every answer that a route gives. */
export const EVERY_ANSWER = {
  'X-Request-Id': z
    .string()
    .regex(/^[\w.:=+/-]{1,128}$/)
    .describe('The `X-Request-Id` of the request, or a new UUID. Log lines of the request name it.')
    .meta({ header: { id: 'X-Request-Id' } }),
};

/** Headers of every answer with data; pages have others. */
export const DATA = {
  ...RATE_LIMIT,
  'X-Content-Type-Options': z.literal('nosniff').meta({ header: { id: 'X-Content-Type-Options' } }),
  'Content-Security-Policy': z.string().meta({ header: { id: 'Content-Security-Policy' } }),
  'Cross-Origin-Resource-Policy': z.literal('same-origin').meta({ header: { id: 'Cross-Origin-Resource-Policy' } }),
};

const noStore = { 'Cache-Control': z.literal('no-store').meta({ header: { id: 'no-store' } }) };

/** Headers of JSON answers that no cache may store. */
export const UNCACHED = { ...DATA, ...noStore };

/** Headers of pages. The policy lets them load scripts and styles from this server only. */
export const PAGE = {
  ...DATA,
  'Cross-Origin-Opener-Policy': z.literal('same-origin'),
  'Origin-Agent-Cluster': z.literal('?1'),
  'Referrer-Policy': z.literal('no-referrer'),
  'X-DNS-Prefetch-Control': z.literal('off'),
  'X-Download-Options': z.literal('noopen'),
  'X-Frame-Options': z.literal('SAMEORIGIN'),
  'X-Permitted-Cross-Domain-Policies': z.literal('none'),
  'X-XSS-Protection': z.literal('0'),
};

/** Headers of the page of the console, whose scripts and styles are files with a hash in their names. */
export const ASSET = {
  ...PAGE,
  'Cache-Control': z.literal('no-cache'),
  ETag: z.string(),
  Vary: z.literal('Accept-Encoding'),
  'Content-Encoding': z.enum(['br', 'gzip']).optional(),
};

/** Headers of answers from the cache. */
export const CACHED = {
  ...DATA,
  'Cache-Status': z
    .string()
    .regex(/^pilotlight; (hit|fwd=(miss|bypass|stale|request))/)
    .describe('How the cache answered (RFC 9211), e.g. `pilotlight; hit; ttl=42; detail=memory`.')
    .meta({ example: 'pilotlight; hit; ttl=42; detail=memory' }),
  Age: z.string().regex(/^\d+$/).describe('Seconds since the answer was computed.').meta({ example: '3' }),
  ETag: z
    .string()
    .regex(/^"[^"]+"$/)
    .describe('A strong entity tag. Another content coding has another one.')
    .meta({ example: '"f0QqJ-7uN4mMu7gvLS1nLw"' }),
  'Cache-Control': z
    .literal('no-cache')
    .describe('A cache downstream has to revalidate, because an invalidation cannot recall its copy.'),
  Vary: z.string().optional(),
  'Cache-Groups': z
    .string()
    .describe('The prefixes of the key (RFC 9875). A write names them in `Cache-Group-Invalidation`.')
    .meta({ example: '"stats", "stats:get_stats"' }),
  'Server-Timing': z
    .string()
    .regex(/^\w+;dur=[\d.]+(, \w+;dur=[\d.]+)*$/)
    .optional()
    .describe('The parts of the read in ms; missing for a hit from memory.')
    .meta({ example: 'lookup;dur=0.4, lock;dur=1.1, queue;dur=0, load;dur=52.1' }),
};

/** Headers of the answer to a write. */
export const WRITTEN = {
  ...UNCACHED,
  'Cache-Position': z
    .string()
    .regex(/^(pending|\d+;epoch="\d+")$/)
    .optional()
    .describe(
      'The position of the write in the invalidation log. A read with this header shows the write on any process.',
    )
    .meta({ example: '42;epoch="895123456789012"' }),
  'Cache-Group-Invalidation': z
    .string()
    .optional()
    .describe('The groups whose answers the write may have changed (RFC 9875).')
    .meta({ example: '"files", "stats", "search"' }),
};

/** The wait that was applied, if the request had `Prefer: wait`. */
export const PREFERENCE_APPLIED = {
  'Preference-Applied': z
    .string()
    .regex(/^wait=\d+$/)
    .optional()
    .describe('The wait in seconds that was applied (RFC 7240).'),
};

/** The request header of a cached route with which a client reads its own writes. */
export const READ_REQUEST = z.object({
  'cache-position': z
    .string()
    .regex(/^(pending|\d{1,15};epoch="\d{1,15}")$/)
    .optional()
    .describe(
      'The `Cache-Position` of a write: the answer includes that write, on any process. Several are separated by commas.',
    )
    .meta({ example: 'pending' }),
});

/** The request header with which an answer waits. */
export function preferWait(what: string) {
  return z.object({
    prefer: z
      .string()
      .optional()
      .describe(`\`wait=N\` waits up to N seconds, at most 60, ${what} (RFC 7240).`)
      .meta({ example: 'wait=30' }),
  });
}

/** The request header with which a repeated request has one effect (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = z.object({
  'idempotency-key': z
    .string()
    .regex(/^(?:"[ !#-~]{1,255}"|[!#-~]{1,255})$/, {
      error: 'expected 1 to 255 visible ASCII characters, which may be in quotes',
    })
    .optional()
    .describe(
      'A request with a key of the last 24 hours stores nothing, and answers like the first one, also while new lines are refused because there is no space or workers are behind.',
    )
    .meta({ example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"' }),
});

/** Headers of cached answers with a body. */
export const CACHED_BODY = {
  ...CACHED,
  'Content-Encoding': z.enum(['br', 'zstd', 'gzip']).optional(),
};

const retryAfter = z
  .string()
  .regex(/^\d+$/)
  .describe('The number of seconds after which to try again.')
  .meta({ example: '2' });

const ofStatus: Readonly<Record<number, Readonly<Record<string, z.ZodType<string | undefined>>>>> = {
  401: { 'WWW-Authenticate': z.string().describe('The accepted schemes of authentication.') },
  403: { 'WWW-Authenticate': z.string().optional().describe('The role that the token lacks.') },
  408: { Connection: z.literal('close').optional() },
  415: { 'Accept-Encoding': z.enum(['identity', 'gzip']).optional().describe('The accepted codings of the body.') },
  422: { Location: z.string().optional().describe('The path of the stored file.') },
};

/**
 * Returns the headers of answers with an error of this status.
 *
 * @param codes the codes of these answers
 * @param isShared whether the route also has an answer without an error of this status, which has no `Retry-After`
 */
export function headersOfProblem(
  status: number,
  codes: readonly ProblemCode[],
  isShared: boolean,
): Readonly<Record<string, z.ZodType>> {
  const repeatable = codes.filter((code) => 'retryAfterS' in PROBLEM_TYPES[code]);
  const isAlwaysRepeatable = repeatable.length === codes.length && !isShared;
  return {
    ...UNCACHED,
    ...ofStatus[status],
    ...(repeatable.length > 0 && { 'Retry-After': isAlwaysRepeatable ? retryAfter : retryAfter.optional() }),
  };
}
