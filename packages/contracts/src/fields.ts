import { z } from 'zod';

/** Severities, mildest first; `UNKNOWN` marks a record whose level no parser could tell. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'ERROR', 'FATAL', 'UNKNOWN'] as const;
export const levelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof levelSchema>;

/** Text given by a client. What no store can hold is refused here, where the field can still be named. */
export function textSchema(leastCharacters: number, mostCharacters: number) {
  return z
    .string()
    .min(leastCharacters)
    .max(mostCharacters)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), {
      error: 'expected text without NUL and without halves of surrogate pairs',
    });
}

/** An instant given by a client: a date (`2015-05-17`, midnight UTC) or an RFC 3339 date-time; answered as UTC. */
export const instantSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected a date (2015-05-17) or a date-time with offset (2015-05-17T10:05:03Z)',
  })
  .transform((text) => new Date(text).toISOString())
  // An offset can lead out of them too; the stores have other forms for other years, or none.
  .refine((instant) => /^(?!0000)\d{4}-/.test(instant), { error: 'expected a year from 0001 to 9999' });

/** Says on `from` that a time range runs backwards; for use in `superRefine` of a query with `from` and `to`. */
export function refuseBackwardRange(
  range: { from?: string | undefined; to?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (range.from === undefined || range.to === undefined || range.from <= range.to) return;
  context.addIssue({
    code: 'custom',
    path: ['from'],
    message: `expected an instant not after "to" (${range.to}), got ${range.from}`,
  });
}
