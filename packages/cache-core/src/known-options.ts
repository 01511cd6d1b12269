import { InvalidArgument } from './errors.ts';

/** An option that does not exist is told by its name, rather than be left out without a word. */
export function assertKnownOptions(what: string, options: object, known: readonly string[]): void {
  for (const option of Object.keys(options))
    if (!known.includes(option)) throw new InvalidArgument(what, `some of ${known.join(', ')}`, option);
}
