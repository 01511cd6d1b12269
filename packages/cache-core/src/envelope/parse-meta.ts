import { readScope, type Scope } from '../scope.ts';

/** Null: this is no list of texts. */
export function parseTags(json: string): string[] | null {
  const tags = parsed(json);
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : null;
}

/** Null, which is everything, for a scope of a form that another version may know: coarser only makes misses. */
export const parseScope = (json: string): Scope | null => readScope(parsed(json));

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
