/** Returns whether Express matches a path to a route without parameters: in any case, with or without a slash at the end. */
export function isPathOf(route: { readonly path: string }, path: string): boolean {
  return path.toLowerCase().replace(/\/$/, '') === route.path;
}
