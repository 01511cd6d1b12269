import { z } from 'zod';
import { extentSchema } from './extent.ts';
import { traceContextSchema } from './trace-context.ts';

const fileEvent = <Type extends string>(type: Type) =>
  z.object({
    id: z.uuid(),
    type: z.literal(type),
    version: z.literal(1),
    at: z.iso.datetime(),
    fileId: z.uuid(),
    /** The trace of the request or job that made the change. It decides nothing, so an unreadable one counts as missing. */
    trace: traceContextSchema.optional().catch(undefined),
  });

/**
 * The part of the data that the change affects. A missing extent means all of it, as in events of versions before this field. An
 * extent of a later version that this one cannot parse counts as missing.
 */
const extent = { extent: extentSchema.optional().catch(undefined) };

/**
 * Domain events, written to the outbox in the transaction of the change. `file.changed` is any other change of a file's row, made by
 * SQL and not by this service. Payloads only grow: new fields are optional, readers ignore
 * unknown fields, and a missing field means everything.
 */
export const domainEventSchema = z.discriminatedUnion('type', [
  fileEvent('file.uploaded'),
  fileEvent('file.indexed').extend(extent),
  fileEvent('file.failed'),
  fileEvent('file.deleted').extend(extent),
  fileEvent('file.changed').extend(extent),
]);
export type DomainEvent = z.infer<typeof domainEventSchema>;
export type DomainEventType = DomainEvent['type'];
