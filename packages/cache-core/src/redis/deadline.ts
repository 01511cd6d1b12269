import { setImmediate } from 'node:timers/promises';
import { Unreachable } from '../errors.ts';

/**
 * What `work` gives, or `Unreachable` after `ms`. The turn of the event loop that finds the time over still reads what
 * has arrived: a process that was busy does not take its own delay for the server's.
 */
export async function withDeadline<Result>(what: string, ms: number, work: () => Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => void setImmediate().then(() => reject(new Unreachable(what))), ms);
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable(what, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
