import { z } from 'zod';
import { invalidationSchema } from './files.ts';

/** The rules by which files are deleted without a request. A rule that is null does not apply. */
export const retentionRulesSchema = z.object({
  /** A file is due once its newest record is older than this number of days. */
  days: z.number().positive().nullable(),
  /** The oldest files are due until the stored bytes of the others are at most this number. */
  bytes: z.number().int().positive().nullable(),
});
export type RetentionRules = Readonly<z.infer<typeof retentionRulesSchema>>;

/** `POST /api/retention` */
export const retentionBodySchema = z.strictObject({ dry_run: z.boolean().default(false) });

const count = z.int().min(0);

/** Sums over some files. */
const fileSumsSchema = z.strictObject({
  files: count,
  bytes: count.describe(
    'Stored bytes: those of the lines as the log store received them, and the uploaded bytes while they are kept.',
  ),
  lines: count,
});
export type FileSums = z.infer<typeof fileSumsSchema>;

/** A file that the next run deletes. */
const dueFileSchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  reason: z
    .enum(['age', 'bytes'])
    .describe('`age`: its newest record is too old; `bytes`: the newer files take all of the bytes.'),
  newest_at: z.iso
    .datetime()
    .describe('The time of its newest record, or of its upload if that is earlier or no record has a time.'),
  bytes: count,
  lines: count,
});
export type DueFile = z.infer<typeof dueFileSchema>;

const retentionPlanSchema = z.strictObject({
  rules: retentionRulesSchema.strict(),
  stored: fileSumsSchema.describe('All files that exist.'),
  due: fileSumsSchema.describe('The files that the next run deletes.'),
  files: z.array(dueFileSchema).describe('The first of them, in the order of their deletion: oldest first.'),
});
export type RetentionPlan = z.infer<typeof retentionPlanSchema>;

/** The answer of `GET /api/retention`, and of `POST /api/retention` with `dry_run`. */
export const retentionPlanAnswerSchema = z.strictObject({
  success: z.literal(true),
  dry_run: z.literal(true),
  ...retentionPlanSchema.shape,
});

/** The answer of `POST /api/retention` without `dry_run`. */
export const retentionRunAnswerSchema = z.strictObject({
  success: z.literal(true),
  dry_run: z.literal(false),
  ...retentionPlanSchema.omit({ files: true }).shape,
  outcome: z
    .enum(['done', 'more', 'busy'])
    .describe(
      '`done`: no file is due. `more`: the maximum number of files is deleted, and more may be due. `busy`: another process was applying the rules.',
    ),
  deleted: fileSumsSchema,
  invalidation: invalidationSchema.pick({ state: true }),
});
