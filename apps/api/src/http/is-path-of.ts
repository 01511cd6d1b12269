/** Returns whether a path is the path of a route. As Express matches paths: in any case, with or without a slash at the end. */
export function isPathOf(route: { readonly path: string }, path: string): boolean {
  return path.toLowerCase().replace(/\/$/, '') === route.path;
}
