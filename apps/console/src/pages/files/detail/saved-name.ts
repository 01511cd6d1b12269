/** Returns a name under which the bytes of a file can be saved: no path, no control characters, no marks of direction. */
export function savedName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const safe = last.replaceAll(/[\p{Cc}\p{Cf}]/gu, '_').slice(-200);
  return /^[.\s]*$/.test(safe) ? 'file' : safe;
}
