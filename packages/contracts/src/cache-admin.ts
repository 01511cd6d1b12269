import { z } from 'zod';
import { textSchema } from './fields.ts';

/** `POST /api/cache/invalidate`: exactly one of prefix, tag and key. */
export const invalidateBodySchema = z
  .strictObject({
    prefix: textSchema(1, 200).optional(),
    tag: textSchema(1, 200).optional(),
    key: textSchema(1, 500).optional(),
    mode: z.enum(['invalidate', 'expire']).default('invalidate'),
    dry_run: z.boolean().default(false),
  })
  .superRefine((body, context) => {
    const given = [body.prefix, body.tag, body.key].filter((selector) => selector !== undefined).length;
    if (given !== 1) {
      context.addIssue({
        code: 'custom',
        path: ['prefix'],
        message: `expected exactly one of prefix, tag and key, got ${given}`,
      });
    }
  });
export type InvalidateBody = z.infer<typeof invalidateBodySchema>;

/** `POST /api/cache/warm`: exactly one of prefix and key. */
export const warmBodySchema = z
  .strictObject({ prefix: textSchema(1, 200).optional(), key: textSchema(1, 500).optional() })
  .superRefine((body, context) => {
    const given = [body.prefix, body.key].filter((selector) => selector !== undefined).length;
    if (given !== 1)
      context.addIssue({
        code: 'custom',
        path: ['prefix'],
        message: `expected exactly one of prefix and key, got ${given}`,
      });
  });
export type WarmBody = z.infer<typeof warmBodySchema>;
