import { computed, signal } from '@preact/signals';
import { type QueryChange, withQuery } from './query.ts';

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

/** Changes parameters of the present page. While a user types, use `replace`. */
export function setQuery(change: QueryChange, options: { readonly replace?: boolean } = {}): void {
  navigate(withQuery({ path: path.peek(), query: query.peek() }, change), options);
}
