/** Returns the prefixes that `Cache-Group-Invalidation` names: a list of strings (RFC 9651). Names of recipes and tags are left out. */
export function groupsOf(header: string | null): string[] {
  const names = [...(header ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, name = '']) => name);
  return [...new Set(names.filter((name) => !name.includes(':')))];
}
