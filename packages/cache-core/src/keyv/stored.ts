/** A value as it is kept: with its key, for the iterator, and so that no other key's value is ever given for it. */
export interface Stored {
  readonly key: string;
  readonly value?: unknown;
}

/** Others may have put something under such a key. */
export function isStored(found: unknown): found is Stored {
  return typeof found === 'object' && found !== null && 'key' in found && typeof found.key === 'string';
}

/** Null: not there, or not this key's. */
export function storedAs(key: string, found: unknown): Stored | null {
  return isStored(found) && found.key === key ? found : null;
}
