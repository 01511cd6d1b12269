import { Unreachable } from '../errors.ts';
import { unreachableBy } from './error-replies.ts';

/**
 * What `work` gives, or `Unreachable` after `ms`. The turn of the event loop that finds the time over still reads what
 * has arrived: a process that was busy does not take its own delay for the server's.
 */
export function withDeadline<Result>(what: string, ms: number, work: () => Promise<Result>): Promise<Result> {
  // By hand: with Promise.race it costs a third of a whole command.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Unreachable(what))), ms);
    work().then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Unreachable ? error : unreachableBy(what, error));
      },
    );
  });
}
