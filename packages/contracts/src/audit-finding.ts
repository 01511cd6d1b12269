import { z } from 'zod';

const position = z.int().min(0);

/** A served answer that was stale, as the auditor found it. */
export const auditFindingSchema = z.strictObject({
  at: z.iso.datetime(),
  prefix: z.string(),
  key: z.string(),
  verdict: z
    .enum(['lost', 'unexplained'])
    .describe(
      '`lost`: an event was acknowledged without its invalidation. `unexplained`: no event describes the change.',
    ),
  epoch: position.nullable(),
  position: position
    .nullable()
    .describe('The position of the invalidation log that the answer included when it was loaded.'),
  stale_for_ms: z.number().min(0).describe('How long it may have been stale.'),
  event: z.string().nullable().describe('The event whose invalidation is lost; the likeliest of several.'),
  repaired_at: position
    .nullable()
    .describe('The position of the invalidation that repaired it; null if the log was unreachable.'),
});
export type AuditFinding = z.infer<typeof auditFindingSchema>;
