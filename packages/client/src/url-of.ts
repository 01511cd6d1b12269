/**
 * Returns the URL of a path of the api.
 *
 * @param base the address of the api, which may have a path of its own: `http://127.0.0.1:5000`, `https://host/base/`
 * @param path begins with a slash, and may have a query
 */
export function urlOf(base: string, path: string): URL {
  return new URL(`${base.replace(/\/+$/, '')}${path}`);
}
