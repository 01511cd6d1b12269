import { seconds } from '../../format/format.ts';
import type { HotKey } from './types.ts';

/** A part of the input of a key, for people. */
export interface InputPart {
  readonly name: string;
  readonly value: string;
}

/** What the schemas of the routes fill in. The suite of the page in a browser finds a default that is shown. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  q: '',
  page: 1,
  page_size: 50,
  sort: 'newest',
  context: 0,
  limit: 1_000,
};

/** Returns the members of an input that are not defaults, each with its value as text. */
export function inputParts(params: unknown): InputPart[] {
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    return params === null || params === undefined ? [] : [{ name: 'input', value: JSON.stringify(params) }];
  return Object.entries(params)
    .filter(([name, value]) => DEFAULTS[name] !== value)
    .map(([name, value]) => ({ name, value: textOf(value) }));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return JSON.stringify(value);
}

/** What happens next to the entry of a key. `tone` is of the design system. */
export interface Freshness {
  readonly text: string;
  readonly tone: 'ok' | 'warn' | 'plain';
  /** How much longer it is fresh, in ms; null if that is unknown. */
  readonly leftMs: number | null;
}

/** @param passedMs since the key was listed */
export function freshnessOf(
  { fresh_for_ms: freshForMs, warmable }: Pick<HotKey, 'fresh_for_ms' | 'warmable'>,
  passedMs: number,
): Freshness {
  if (freshForMs === null) return { text: 'unknown', tone: 'warn', leftMs: null };
  const leftMs = Math.max(0, freshForMs - passedMs);
  if (leftMs > 0) return { text: `${warmable ? 'refresh in' : 'fresh for'} ${seconds(leftMs)}`, tone: 'ok', leftMs };
  return { text: 'the next read loads it', tone: 'plain', leftMs };
}

/** Returns the keys of several pages, each once: the order changes while the pages are read. */
export function withoutRepeats<Key extends { readonly key: string }>(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((one) => [one.key, one])).values()];
}

/** Returns the keys that begin with a text; `stats:*` and `stats` are the same, and `*` selects all. */
export function keysUnder<Key extends { readonly key: string }>(keys: readonly Key[], prefix: string): readonly Key[] {
  const start = prefix.replace(/:?\*$/, '');
  return start === '' ? keys : keys.filter(({ key }) => key.startsWith(start));
}
