import { MAX_JSON_DEPTH } from './limits.ts';
import { setField } from './records.ts';

/** Replaces NUL and lone surrogates by U+FFFD, so that any store accepts the text. */
export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}

/** Makes every string and name in a JSON value storable. The value's depth must be known to be small. */
export function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (typeof value !== 'object' || value === null) return value;
  const storable: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) setField(storable, storableText(name), storableValue(inner));
  return storable;
}

/**
 * Treatment that a parsed JSON value needs before it is stored: none, reading its numbers again, or keeping it as text.
 */
export type ValueTrait = 'plain' | 'inexact' | 'deep';

/**
 * Returns `deep` for a value nested beyond what stores accept, `inexact` if it holds an integer or magnitude that a
 * double cannot represent, else `plain`.
 */
export function traitOf(value: unknown, depth = 0): ValueTrait {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? 'inexact' : 'plain';
  if (typeof value !== 'object' || value === null) return 'plain';
  if (depth >= MAX_JSON_DEPTH) return 'deep';
  let trait: ValueTrait = 'plain';
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof inner !== 'object' && typeof inner !== 'number') continue;
    const found = traitOf(inner, depth + 1);
    if (found === 'deep') return found;
    if (found === 'inexact') trait = found;
  }
  return trait;
}
