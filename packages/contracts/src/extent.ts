import { z } from 'zod';

/** What part of the data the records of one file are. A list that is absent was too long to keep, and means all names. */
export const extentSchema = z.object({
  /** 0: nothing of the file was in any answer over records. */
  records: z.int().min(0),
  /** From the first timestamp to just past the last, in ms since 1970; null when no record has one. */
  time: z
    .object({ from: z.number(), to: z.number() })
    .refine(({ from, to }) => from < to)
    .nullable(),
  hasUndated: z.boolean(),
  levels: z.array(z.string()).optional(),
  /** Empty: no record has one. */
  services: z.array(z.string()).optional(),
});
export type Extent = z.infer<typeof extentSchema>;

/** The extent of a file that no answer over records has shown. */
export const NO_RECORDS: Extent = { records: 0, time: null, hasUndated: false, levels: [], services: [] };
