import { z } from 'zod';
import { PROBLEM_TYPES, type ProblemCode } from './problem-types.ts';

const codes = Object.keys(PROBLEM_TYPES) as ProblemCode[];
const count = z.int().min(0);

/** A field that is not valid, e.g. `{ field: "from", detail: "expected …, got …" }`. */
const fieldProblemSchema = z.strictObject({
  field: z.string(),
  detail: z.string(),
  position: count
    .optional()
    .describe('For a text query: the offset, in UTF-16 units from 0, of the first character that is not understood.'),
});
export type FieldProblem = z.infer<typeof fieldProblemSchema>;

/** The body of every error answer: `application/problem+json` (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .describe('The URL of the documentation of the code, relative to the api.')
      .meta({ example: '/docs/errors#INVALID_INPUT' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(codes).describe('Stable, for programs.'),
    detail: z.string().describe('The expected value, the value that came, and the remedy; for people.'),
    request_id: z.string().optional().describe('The `X-Request-Id` of the answer.'),
    trace_id: z
      .string()
      .regex(/^[\da-f]{32}$/)
      .optional()
      .describe('The W3C trace of the request, if the api makes traces.'),
    errors: z.array(fieldProblemSchema).max(20).optional().describe('The fields that are not valid.'),
    quota: z
      .strictObject({
        scope: z.enum(['total', 'token']),
        limit_bytes: count.nullable(),
        limit_files: count.nullable(),
        used_bytes: count,
        used_files: count,
        upload_bytes: count,
      })
      .optional()
      .describe('The quota that the upload would exceed. A limit that is null does not apply.'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
