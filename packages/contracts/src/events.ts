import { z } from 'zod';
import { extentSchema } from './extent.ts';

const fileEvent = <Type extends string>(type: Type) =>
  z.object({ id: z.uuid(), type: z.literal(type), version: z.literal(1), at: z.iso.datetime(), fileId: z.uuid() });

/**
 * What part of the data the change touched. Absent: all of it, as in events from before there was such a member; and so is
 * one that a later version has written and this one does not understand.
 */
const extent = { extent: extentSchema.optional().catch(undefined) };

/**
 * Domain facts, written to the outbox in the transaction of the change they tell of. Payloads only ever grow: what is
 * added is optional, a reader ignores what it does not know, and what it misses means everything.
 */
export const domainEventSchema = z.discriminatedUnion('type', [
  fileEvent('file.uploaded'),
  fileEvent('file.indexed').extend(extent),
  fileEvent('file.failed'),
  fileEvent('file.deleted').extend(extent),
]);
export type DomainEvent = z.infer<typeof domainEventSchema>;
export type DomainEventType = DomainEvent['type'];
