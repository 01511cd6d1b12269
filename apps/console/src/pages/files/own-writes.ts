/** After this time every process has applied the write, or the api has reported that it has not. */
const KEPT_MS = 60_000;

let last: { readonly position: string; readonly at: number } | null = null;

/** Keeps the `Cache-Position` of a write, so that the next reads of this tab show it, also while its invalidation is pending. */
export function noteWrite({ headers }: Response): void {
  const position = headers.get('cache-position');
  if (position !== null) last = { position, at: Date.now() };
}

/** Returns the headers of a read that shows the last write of this tab. */
export function afterOwnWrites(): Readonly<Record<string, string>> {
  return last !== null && Date.now() - last.at < KEPT_MS ? { 'cache-position': last.position } : {};
}
