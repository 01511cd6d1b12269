import type { IncomingMessage } from 'node:http';
import { IDEMPOTENCY_KEY } from '@pilotlight/contracts/http';
import { parseInput } from '../http/parse-input.ts';

/** Returns the key of a request without the quotes of a structured field, or null without one. Throws `InvalidInput`. */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | null {
  const { 'idempotency-key': key } = parseInput(IDEMPOTENCY_KEY, { 'idempotency-key': headers['idempotency-key'] });
  return key?.replaceAll('"', '') ?? null;
}
