import { z } from 'zod';
import { textSchema } from './fields.ts';

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

/** `POST /api/cache/invalidate`: exactly one of prefix, tag and key. */
export const invalidateBodySchema = z
  .strictObject({
    ...targets,
    tag: textSchema(1, 200).optional(),
    mode: z.enum(['invalidate', 'expire']).default('invalidate'),
    dry_run: z.boolean().default(false),
  })
  .superRefine(exactlyOneOf('prefix', 'tag', 'key'));
export type InvalidateBody = z.infer<typeof invalidateBodySchema>;

/** `POST /api/cache/warm`: exactly one of prefix and key. */
export const warmBodySchema = z.strictObject(targets).superRefine(exactlyOneOf('prefix', 'key'));
export type WarmBody = z.infer<typeof warmBodySchema>;

const count = z.int().min(0);
const success = { success: z.literal(true) };

/** The answer of `POST /api/cache/invalidate`. */
export const invalidateAnswerSchema = z.strictObject({
  ...success,
  invalidated: count.describe('The number of entries.'),
  position: count.nullable().describe('The position in the invalidation log; null for a dry run.'),
  receipt_ms: z
    .number()
    .nullable()
    .describe('The time until every process had applied the invalidation; null for a dry run.'),
  dry_run: z.literal(true).optional(),
});

/** The answer of `POST /api/cache/warm`: keys by result. */
export const warmAnswerSchema = z.strictObject({
  ...success,
  loaded: count,
  fresh: count,
  skipped: count.describe('The key has no recipe, or the time ran out before its turn.'),
  failed: count.describe('The load failed; the api logs the error.'),
});

export const resetAnswerSchema = z.strictObject(success);
