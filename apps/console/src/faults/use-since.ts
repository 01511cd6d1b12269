import { useRef } from 'preact/hooks';

/** Remembers since when each name has been in the list, for as long as the page is open. */
export function useSince(names: readonly string[], at: number): ReadonlyMap<string, number> {
  const known = useRef(new Map<string, number>());
  for (const name of known.current.keys()) if (!names.includes(name)) known.current.delete(name);
  for (const name of names) if (!known.current.has(name)) known.current.set(name, at);
  return known.current;
}
