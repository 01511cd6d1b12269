import { z } from 'zod';
import { formatNameSchema } from './format-name.ts';

const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;

/** The fields of an upload beside its file: how to read what the file leaves open. */
export const uploadFieldsSchema = z.strictObject({
  timezone: z
    .string()
    .max(64)
    .optional()
    .describe(
      'The zone of times that name none: `UTC`, an offset such as `+05:30` or a name such as `Europe/Berlin`. Default: UTC.',
    ),
  date_order: z
    .string()
    .max(10)
    .optional()
    .describe(
      'The order of dates such as `03/04/2026`: `ymd`, `dmy` or `mdy`. Default: what the dates of the file prove.',
    ),
  format: formatNameSchema
    .optional()
    .describe(
      'The format that is tried first at each line, by its name. The file is then read as lines, whatever it looks like.',
    ),
  shape: z
    .string()
    .max(20_000)
    .optional()
    .describe('A format of your own for the lines of this file: a JSON object (docs/formats.md). Not beside `format`.'),
});

/** How an upload asks to be read; null is the default. */
export const readAsSchema = z.strictObject({
  timezone: z.string().nullable(),
  date_order: z.enum(DATE_ORDERS).nullable(),
  format: formatNameSchema.nullable().describe('The name of the format, or of the shape, that the upload gave.'),
});
export type ReadAs = z.infer<typeof readAsSchema>;
