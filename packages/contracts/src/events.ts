import { z } from 'zod';

/**
 * Domain facts, written to the outbox in the transaction of the change they tell of. Payloads only ever grow, so a
 * reader ignores what it does not know.
 */
const fileEvent = <Type extends string>(type: Type) =>
  z.object({ id: z.uuid(), type: z.literal(type), version: z.literal(1), at: z.iso.datetime(), fileId: z.uuid() });

export const domainEventSchema = z.discriminatedUnion('type', [
  fileEvent('file.uploaded'),
  fileEvent('file.indexed'),
  fileEvent('file.failed'),
  fileEvent('file.deleted'),
]);
export type DomainEvent = z.infer<typeof domainEventSchema>;
export type DomainEventType = DomainEvent['type'];

/** The cache prefixes whose answers an event outdates. */
export const OUTDATED_BY = {
  'file.uploaded': ['files'],
  'file.indexed': ['files', 'stats', 'search'],
  'file.failed': ['files'],
  'file.deleted': ['files', 'stats', 'search'],
} as const satisfies Record<DomainEventType, readonly string[]>;
