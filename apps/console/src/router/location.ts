import { computed, signal } from '@preact/signals';

/** The path and the query of the page. All state of a view that can be shared is in the query. */
const current = signal(readLocation());

function readLocation(): URL {
  return new URL(window.location.href);
}

window.addEventListener('popstate', () => {
  current.value = readLocation();
});

export const path = computed(() => current.value.pathname);
export const query = computed(() => current.value.searchParams);

/** Goes to a path of the console, which may have a query. `replace` adds no entry to the history. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const url = new URL(to, window.location.href);
  if (url.href === current.value.href) return;
  if (replace) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  current.value = url;
}

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

/** Changes parameters of the present page. While a user types, use `replace`. */
export function setQuery(change: QueryChange, options: { readonly replace?: boolean } = {}): void {
  navigate(withQuery({ path: path.peek(), query: query.peek() }, change), options);
}
