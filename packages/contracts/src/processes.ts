import { z } from 'zod';

const count = z.int().min(0);
const instant = z.iso.datetime();

const originSchema = z.strictObject({
  permits: count.describe('The number of loads that may run at the same time.'),
  running: count,
  waiting: count.describe('Loads that wait for a permit.'),
  abandoned: count.describe('Loads that timed out and have not ended.'),
  breaker: z.enum(['closed', 'open', 'half-open']),
  breaker_since: instant,
});

/** What a process reports about itself. */
export const processReportSchema = z.strictObject({
  kind: z.enum(['api', 'worker']),
  host: z.string(),
  pid: count,
  version: z.string(),
  log: z
    .strictObject({
      state: z.enum(['current', 'leaseExpired', 'disconnected']),
      since: instant,
      epoch: count,
      applied: count,
      lag: count.describe('Records that the last renewal found and the process has not applied.'),
      trusted: z.boolean().describe('False if the server of the log may lose records, so no answer is verified.'),
    })
    .describe('The invalidation log as the process has applied it.'),
  origins: z.record(z.string(), originSchema).describe('The loads of the process, by origin.'),
});
export type ProcessReport = z.infer<typeof processReportSchema>;

/** A process as the register has it. */
export const registeredProcessSchema = processReportSchema.extend({
  id: z.string(),
  started_at: instant.describe('The first report.'),
  seen_at: instant.describe('The last report. A process reports every two seconds.'),
  silent: z.boolean().describe('Whether it has not reported for six seconds and has not left the register.'),
});
export type RegisteredProcess = z.infer<typeof registeredProcessSchema>;
