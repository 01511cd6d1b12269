import { z } from 'zod';
import { instantSchema, levelsSchema, refuseBackwardRange, textSchema } from './fields.ts';

/** Returns a refinement that refuses a body unless it has exactly one of these fields. */
const exactlyOneOf =
  (...names: string[]) =>
  (body: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const given = names.filter((name) => body[name] !== undefined).length;
    if (given === 1) return;
    const expected = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    context.addIssue({
      code: 'custom',
      path: ['prefix'],
      message: `expected exactly one of ${expected}, got ${given}`,
    });
  };

const targets = { prefix: textSchema(1, 200).optional(), key: textSchema(1, 500).optional() };

/** A part of the log records: those that match all of its conditions, of which there is at least one. */
const recordScopeSchema = z
  .strictObject({
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    level: levelsSchema.optional(),
    service: textSchema(1, 200).optional(),
    file_id: z.uuid().optional(),
  })
  .superRefine(refuseBackwardRange)
  .refine((conditions) => Object.values(conditions).some((condition) => condition !== undefined), {
    error: 'expected at least one of from, to, level, service and file_id, got none',
  });

/**
 * `POST /api/cache/invalidate`: exactly one of prefix, tag, key and scope; a scope may also narrow a prefix. A scope selects the answers
 * that may depend on its records.
 */
export const invalidateBodySchema = z
  .strictObject({
    ...targets,
    tag: textSchema(1, 200).optional(),
    scope: recordScopeSchema.optional(),
    mode: z.enum(['invalidate', 'expire']).default('invalidate'),
    dry_run: z.boolean().default(false),
  })
  .superRefine((body, context) => {
    const { scope, ...others } = body;
    const isNarrowedPrefix = scope !== undefined && body.prefix !== undefined;
    exactlyOneOf('prefix', 'tag', 'key', 'scope')(isNarrowedPrefix ? others : body, context);
  });
export type InvalidateBody = z.infer<typeof invalidateBodySchema>;

/** `POST /api/cache/warm`: exactly one of prefix and key. */
export const warmBodySchema = z.strictObject(targets).superRefine(exactlyOneOf('prefix', 'key'));
export type WarmBody = z.infer<typeof warmBodySchema>;

/** The maximum length of the path and the query of a request whose key is asked for. */
const MAX_TARGET_CHARACTERS = 8_192;

/** `POST /api/cache/key`: a request to a cached route, as a client would send it. */
export const cacheKeyBodySchema = z.strictObject({
  method: z.enum(['GET', 'POST']).default('GET'),
  target: textSchema(1, MAX_TARGET_CHARACTERS).meta({ example: '/api/stats?service=web' }),
  body: z.unknown().optional().describe('The JSON body of the request. Missing means an empty object.'),
});
export type CacheKeyBody = z.infer<typeof cacheKeyBodySchema>;

/** The maximum number of keys that one answer of `GET /api/cache/keys` lists. */
const MAX_LISTED_KEYS = 500;

/** `GET /api/cache/keys`: a prefix (default: all of them), and the page. `cursor` is the `next` of the previous page. */
export const cacheKeysQuerySchema = z.strictObject({
  prefix: textSchema(1, 200).default('*'),
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(MAX_LISTED_KEYS)).default(50),
  cursor: z.coerce.number<string>().pipe(z.int().min(0).max(1_000_000)).default(0),
});
