import { z } from 'zod';

/** Describes the records of one file. A missing list was too long to store and means all names. */
export const extentSchema = z.object({
  /** The number of records; 0 if no answer has included records of the file. */
  records: z.int().min(0),
  /** From the first timestamp to just after the last, in ms since 1970; null if no record has a timestamp. */
  time: z
    .object({ from: z.number(), to: z.number() })
    .refine(({ from, to }) => from < to)
    .nullable(),
  hasUndated: z.boolean(),
  levels: z.array(z.string()).optional(),
  /** Empty if no record has a service. */
  services: z.array(z.string()).optional(),
});
export type Extent = z.infer<typeof extentSchema>;

/** The extent of a file whose records no answer has included. */
export const NO_RECORDS: Extent = { records: 0, time: null, hasUndated: false, levels: [], services: [] };
