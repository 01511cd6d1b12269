import { DEEPEST_VALUE } from './limits.ts';
import { setField } from './records.ts';

/** Text that any store takes: NUL and lone surrogates become U+FFFD. */
export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}

/** A JSON value whose strings and names are all storable. Its depth must be known to be small. */
export function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (typeof value !== 'object' || value === null) return value;
  const storable: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) setField(storable, storableText(name), storableValue(inner));
  return storable;
}

/** Whether a JSON value is nested deeper than stores are asked to take. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= DEEPEST_VALUE) return true;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && isTooDeep(inner, depth + 1)) return true;
  }
  return false;
}
