/** The spans of time over which a page counts. `all` begins at the last reset of the counts. */
export const SPANS = [
  { name: 'all', label: 'Since reset' },
  { name: '60m', label: '60 min' },
  { name: '15m', label: '15 min' },
  { name: '1m', label: '1 min' },
] as const;
export type Span = (typeof SPANS)[number]['name'];

/** Returns the span that a query names, or `all`. */
export function spanOf(text: string | null): Span {
  return SPANS.find(({ name }) => name === text)?.name ?? 'all';
}
