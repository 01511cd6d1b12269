import { z } from 'zod';
import { textSchema } from './fields.ts';
import { QUEUES } from './jobs.ts';

/** The maximum number of characters of a reason that an answer has. */
export const MAX_REASON_CHARACTERS = 1_000;

/** The path of a quarantined job. */
export const quarantinedJobParamsSchema = z.object({
  queue: z.enum(QUEUES),
  id: textSchema(1, 500).meta({ example: '01a20449-5b5e-7c3a-9d55-2f6ce3a4b0c1-apply-event' }),
});

const jobShape = {
  queue: z.enum(QUEUES),
  id: z.string(),
  name: z.string().meta({ example: 'apply-event' }),
};

/** A job that failed for good. Its payload is not part of it. */
export const quarantinedJobSchema = z.strictObject({
  ...jobShape,
  reason: z.string().max(MAX_REASON_CHARACTERS).describe('The error of its last try.'),
  failed_at: z.iso.datetime(),
  tries: z.int().min(0),
});
export type QuarantinedJob = z.infer<typeof quarantinedJobSchema>;

/** The answer of `POST /api/quarantine/:queue/:id/retry`. */
export const retryAnswerSchema = z.strictObject({
  success: z.literal(true),
  job: z.strictObject(jobShape),
  state: z.literal('waiting').describe('A worker runs the job next, with all of its tries.'),
});
