import type { OriginLimiter, Permit } from '../origin-limiter.ts';

/** Acquires a permit, and releases it after its use, as the engine does for a load. */
export async function withPermit<Result>(
  limiter: OriginLimiter,
  use: (permit: Permit) => Promise<Result>,
): Promise<Result> {
  const permit = await limiter.acquire();
  try {
    return await use(permit);
  } finally {
    permit.release();
  }
}
