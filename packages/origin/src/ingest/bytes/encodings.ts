/** How text is written in a file, as `encoding` names it. `unknown-8bit` (RFC 1428): not UTF-8 and not Western. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'unknown-8bit';

export type Utf16 = 'utf-16le' | 'utf-16be';

/** Every encoding, in the order of their names in a file that has several. */
const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'unknown-8bit'];

/**
 * Names the encodings of a file, for example `utf-8+utf-16le`. ASCII alone is `utf-8`; ASCII beside another encoding of
 * 8 bits is not named.
 */
export function nameOf(seen: ReadonlySet<Encoding>): string {
  return ENCODINGS.filter((encoding) => seen.has(encoding)).join('+') || 'utf-8';
}
