import { InvalidArgument } from './errors.ts';

/**
 * How much of the invalidation log an answer has to include. The receipt of an invalidation is one. With the position null, that of a
 * `pending` receipt, the answer has to come from a load that begins after the read. Without an epoch, only a process that is current
 * with the log compares the position with its own.
 */
export type MinPosition =
  | { readonly position: number; readonly epoch?: number | undefined }
  | { readonly position: null; readonly epoch?: undefined };

/** @throws {InvalidArgument} if a caller without types passed something else */
export function assertMinPosition(min: MinPosition): void {
  const isOne = typeof min === 'object' && min !== null && 'position' in min;
  const { position, epoch } = isOne ? min : { position: undefined, epoch: undefined };
  if (position === null || (isNatural(position) && (epoch === undefined || isNatural(epoch)))) return;
  throw new InvalidArgument('minPosition', 'the receipt of an invalidation', min);
}

/** Returns the least position that includes all of these. Positions of different epochs are not comparable, so only a load includes them. */
export function latestOf(positions: readonly [MinPosition, ...MinPosition[]]): MinPosition {
  return positions.reduce((a, b) => {
    if (a.position === null || b.position === null || a.epoch !== b.epoch) return { position: null };
    return a.position >= b.position ? a : b;
  });
}

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
