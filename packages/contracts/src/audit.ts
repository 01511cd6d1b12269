import { z } from 'zod';

/** `GET /api/audit`, newest first; `before` is the `next` of the previous page. */
export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(1_000)).default(100),
  before: z.coerce.number<string>().pipe(z.int().min(1)).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

const auditRecordSchema = z.strictObject({
  id: z.int().min(1),
  at: z.iso.datetime().describe('When the request was answered; for counted attempts, when they were written.'),
  action: z
    .string()
    .describe(
      'The operation id of the route, `useToken`, `refuseToken`, or `retention` for the files that a worker deleted.',
    )
    .meta({ example: 'deleteFile' }),
  token: z.string().nullable().describe('The name of the token; null for a request without a valid one.'),
  address: z.string().describe('The address of the client; `worker` for the retention of a worker.'),
  request_id: z.string().nullable(),
  path: z.string().nullable().describe('The path of the request, without its query.'),
  input: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe(
      'The JSON body of the request, if it is small; of `retention` the rules, and the ids, bytes and lines of the files.',
    ),
  status: z.int().describe('The status of the answer; 0 if the connection closed before it was sent.'),
  count: z.int().min(1).describe('The number of attempts, or of deleted files, that the record counts.'),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;

export const auditAnswerSchema = z.strictObject({
  success: z.literal(true),
  records: z.array(auditRecordSchema),
  next: z.int().nullable().describe('The value of `before` for the next page; null at the end.'),
});
