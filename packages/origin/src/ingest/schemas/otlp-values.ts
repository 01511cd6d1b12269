import { setField } from '../records.ts';

type Members = Record<string, unknown>;

/** Returns a JSON object's members, or none for any other value. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns the value that an `AnyValue` of OTLP JSON holds, with its type: 64-bit integers are decimal strings there and
 * stay strings if a double cannot hold them. Bytes stay base64.
 */
export function anyValue(value: unknown): unknown {
  const members = membersOf(value);
  const integer = members['intValue'];
  if (integer !== undefined) return Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);
  if (members['arrayValue'] !== undefined) return listOf(membersOf(members['arrayValue'])['values']).map(anyValue);
  if (members['kvlistValue'] !== undefined) return attributesOf(membersOf(members['kvlistValue'])['values']);
  return members['stringValue'] ?? members['boolValue'] ?? members['doubleValue'] ?? members['bytesValue'] ?? null;
}

/** Returns the attributes of a list of `KeyValue`. The last of several with the same key counts. */
export function attributesOf(list: unknown): Members {
  const attributes: Members = {};
  for (const item of listOf(list)) {
    const { key, value } = membersOf(item);
    if (typeof key === 'string') setField(attributes, key, anyValue(value));
  }
  return attributes;
}
