import type { IncomingMessage } from 'node:http';
import { CacheError } from '../model/errors.ts';
import { latestOf, type MinPosition } from '../model/min-position.ts';

/** The header `Cache-Position` of a request cannot be parsed. Express answers it with 400. */
export class InvalidCachePosition extends CacheError {
  readonly status = 400;

  constructor(came: string) {
    super(
      'INVALID_CACHE_POSITION',
      `Cache-Position: expected values of the answers to writes, such as 42;epoch="895123456789", 42 or pending, got ${JSON.stringify(came.slice(0, 80))}`,
    );
  }
}

const PENDING = 'pending';
/** An Integer with the parameter `epoch`, a String because an epoch may have 16 digits and an Integer only 15 (RFC 9651, 3.3.1). */
const POSITION = /^(\d{1,15})(?: *; *epoch="(\d{1,16})")?$/;
const MAX_VALUES = 32;

/** Returns the header `Cache-Position` for the answer to a write: the latest position of its receipts, or `pending`. */
export function cachePosition(receipt: MinPosition, ...more: readonly MinPosition[]): string {
  const { position, epoch } = latestOf([receipt, ...more]);
  if (position === null) return PENDING;
  return epoch === undefined ? String(position) : `${position};epoch="${epoch}"`;
}

/**
 * Returns the least position that includes every value of a request's header `Cache-Position`. Several values, such as those of several
 * writes, are a List (RFC 9651, 3.1).
 *
 * @throws {InvalidCachePosition} for any other value, because ignoring one would answer with an earlier state
 */
export function minPositionOf(header: string): MinPosition {
  const [first, ...rest] = header.split(',').map((value) => positionOf(value.trim(), header));
  if (first === undefined || rest.length >= MAX_VALUES) throw new InvalidCachePosition(header);
  return latestOf([first, ...rest]);
}

/** Returns how much of the log a request's header `Cache-Position` asks for; undefined without one. */
export function minPositionOfRequest({ headers }: Pick<IncomingMessage, 'headers'>): MinPosition | undefined {
  const header = headers['cache-position'];
  return header === undefined ? undefined : minPositionOf([header].flat().join(', '));
}

function positionOf(value: string, header: string): MinPosition {
  if (value === PENDING) return { position: null };
  const [, position, epoch] = POSITION.exec(value) ?? [];
  const parsed = { position: Number(position), epoch: epoch === undefined ? undefined : Number(epoch) };
  if (!Number.isSafeInteger(parsed.position) || !Number.isSafeInteger(parsed.epoch ?? 0))
    throw new InvalidCachePosition(header);
  return parsed;
}
