import { z } from 'zod';

/** Severities in ascending order; `UNKNOWN` marks a record whose level could not be parsed. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'ERROR', 'FATAL', 'UNKNOWN'] as const;
const levelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof levelSchema>;

/** A client's choice of levels: one or a list. Parsed to a sorted list without repetitions. */
export const levelsSchema = z
  .union([levelSchema, z.array(levelSchema).min(1).max(8)], {
    error: `expected one of ${LEVELS.join(', ')}, or a list of them`,
  })
  .transform((level) => [...new Set([level].flat())].sort());

/** A client's text. Refuses characters that the stores cannot hold, so that the error names the field. */
export function textSchema(minCharacters: number, maxCharacters: number) {
  return z
    .string()
    .min(minCharacters)
    .max(maxCharacters, { abort: true })
    .refine((text) => text.isWellFormed() && !text.includes('\0'), {
      error: 'expected text without NUL and without halves of surrogate pairs',
      abort: true,
    });
}

/** A client's instant: a date (`2015-05-17`, midnight UTC) or an RFC 3339 date-time. Parsed to UTC. */
export const instantSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected a date (2015-05-17) or a date-time with offset (2015-05-17T10:05:03Z)',
  })
  .transform((text) => new Date(text).toISOString())
  // Checked after the conversion, because an offset can change the year. The stores cannot represent other years, or have
  // another form for them.
  .refine((instant) => /^(?!0000)\d{4}-/.test(instant), { error: 'expected a year from 0001 to 9999' });

/** Adds an issue to `from` if the range ends before it begins; for `superRefine` of a query with `from` and `to`. */
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
