/** A value as it is stored: with its key, for the iterator, and so that a value is never returned for another key. */
export interface Stored {
  readonly key: string;
  readonly value?: unknown;
}

/** Other programs may store something else under such a key. */
export function isStored(found: unknown): found is Stored {
  return typeof found === 'object' && found !== null && 'key' in found && typeof found.key === 'string';
}

/** Returns null if the value is absent, or belongs to another key. */
export function storedAs(key: string, found: unknown): Stored | null {
  return isStored(found) && found.key === key ? found : null;
}
