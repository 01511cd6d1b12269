/** How text is written in a file, as `encoding` names it. `unknown-8bit` (RFC 1428): not UTF-8 and not Western. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'unknown-8bit';

export type Utf16 = 'utf-16le' | 'utf-16be';

/** Every encoding, in the order of their names in a file that has several. */
const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'unknown-8bit'];

/** The encodings that were seen in a file; `ascii` lines are the same in all encodings of 8 bits. */
export type SeenEncodings = Set<Encoding | 'ascii'>;

/** Names the encodings of a file, for example `utf-8+utf-16le`. ASCII is `utf-8` unless another encoding of 8 bits is there. */
export function nameOf(seen: ReadonlySet<Encoding | 'ascii'>): string {
  const names = ENCODINGS.filter((encoding) => seen.has(encoding));
  const isAsciiAlone = names.every((name) => name.startsWith('utf-16')) && (seen.has('ascii') || names.length === 0);
  return (isAsciiAlone ? ['utf-8', ...names] : names).join('+');
}
