import type { Range, Scope } from '../scope.ts';

/** The parsed text if it has the form, null for everything else. */
export function parseJson<Form>(text: string, hasForm: (value: unknown) => value is Form): Form | null {
  try {
    const value: unknown = JSON.parse(text);
    return hasForm(value) ? value : null;
  } catch {
    return null;
  }
}

export const isTags = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((tag) => typeof tag === 'string');

export const isScope = (value: unknown): value is Scope =>
  isRecord(value) && Object.values(value).every((part) => isTags(part) || isRange(part));

const isRange = (value: unknown): value is Range => isRecord(value) && isBound(value['from']) && isBound(value['to']);

const isBound = (value: unknown): boolean => value === null || Number.isFinite(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
