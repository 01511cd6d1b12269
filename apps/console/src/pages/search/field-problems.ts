import { ApiProblem, type Problem } from '@pilotlight/client';

export type FieldProblem = NonNullable<Problem['errors']>[number];

/** Returns the fields that the api refused, by name; null if the error is not about fields. */
export function fieldProblemsOf(error: unknown): ReadonlyMap<string, FieldProblem> | null {
  if (!(error instanceof ApiProblem) || error.status !== 400) return null;
  const errors = error.problem?.errors ?? [];
  if (errors.length === 0) return null;
  return new Map(errors.map((one) => [one.field, one]));
}

/** Splits a query at the character that the api does not understand. `at` is empty at the end of the query. */
export function atPosition(q: string, position: number): { before: string; at: string; after: string } {
  const at = String.fromCodePoint(q.codePointAt(position) ?? 0);
  if (position >= q.length) return { before: q, at: '', after: '' };
  return { before: q.slice(0, position), at, after: q.slice(position + at.length) };
}
