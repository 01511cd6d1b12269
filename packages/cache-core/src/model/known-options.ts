import { InvalidArgument } from './errors.ts';

/**
 * Throws `InvalidArgument` if the options are not an object, or if an option does not exist. Without the check, callers
 * without types would not notice that a misspelt option has no effect.
 */
export function assertKnownOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InvalidArgument(what, `an object with some of ${known.join(', ')}`, options);
  for (const option of Object.keys(options))
    if (!known.includes(option)) throw new InvalidArgument(what, `some of ${known.join(', ')}`, option);
}
