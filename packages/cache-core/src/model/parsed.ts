/** Parses JSON that another process may have written. Returns undefined for a text that is not JSON. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
