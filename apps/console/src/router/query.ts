/** The values of a query by name: null removes a parameter, and a list repeats it. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | null>>;

/** Returns the path with a changed query: for links. Empty values are removed. */
export function withQuery(
  url: { readonly path: string; readonly query: URLSearchParams },
  change: QueryChange,
): string {
  const next = new URLSearchParams(url.query);
  for (const [name, value] of Object.entries(change)) {
    next.delete(name);
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one !== '') next.append(name, one);
  }
  const text = next.toString();
  return text === '' ? url.path : `${url.path}?${text}`;
}
