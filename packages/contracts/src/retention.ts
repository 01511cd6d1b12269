import { z } from 'zod';

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

/** Sums over some files. */
export interface FileSums {
  files: number;
  /** Stored bytes: those of the lines as the log store received them, and the uploaded bytes while they are kept. */
  bytes: number;
  lines: number;
}

/** A file that the next run deletes. */
export interface DueFile {
  id: string;
  name: string;
  /** `age`: its newest record is too old; `bytes`: the newer files take all of the bytes. */
  reason: 'age' | 'bytes';
  /** The time of its newest record, or of its upload if that is earlier or no record has a time. */
  newest_at: string;
  bytes: number;
  lines: number;
}

/** The answer of `GET /api/retention`. */
export interface RetentionPlan {
  rules: RetentionRules;
  /** All files that exist. */
  stored: FileSums;
  /** The files that the next run deletes. */
  due: FileSums;
  /** The first of them, in the order of their deletion: oldest first. */
  files: DueFile[];
}
