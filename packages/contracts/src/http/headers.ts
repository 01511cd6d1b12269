import { z } from 'zod';

/** Headers of every answer with data; pages have others. */
const DATA = {
  'X-Content-Type-Options': z.literal('nosniff'),
  'Content-Security-Policy': z.string(),
  'Cross-Origin-Resource-Policy': z.literal('same-origin'),
};

const noStore = { 'Cache-Control': z.literal('no-store') };

/** Headers of JSON answers that no cache may store. */
export const UNCACHED = { ...DATA, ...noStore };

/** Headers of pages. The policy lets them load scripts and styles from this server only. */
export const PAGE = {
  'Content-Security-Policy': z.string(),
  'X-Content-Type-Options': z.literal('nosniff'),
};

/** Headers of answers from the cache. */
export const CACHED = {
  ...DATA,
  'Cache-Status': z
    .string()
    .regex(/^pilotlight; (hit|fwd=(miss|bypass|stale))/)
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
};

/** Headers of cached answers with a body. */
export const CACHED_BODY = {
  ...CACHED,
  'Content-Encoding': z.enum(['br', 'zstd', 'gzip']).optional(),
};
