/** The characters at which `\s` begins and ends beyond ASCII (ECMAScript, WhiteSpace and LineTerminator). */
const BLANKS = [0xa0, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];
const MAX_CODE = 0xffff;

/** Returns whether a character is matched by an atom: a character, an escape or a class. */
export function matcherOf(atom: string): (character: string) => boolean {
  const pattern = new RegExp(`^${atom}$`, 's');
  return (character) => pattern.test(character);
}

/**
 * Returns characters such that every character is matched by the same atoms as one of them. All classes are unions of
 * ranges, so the ends of the ranges and their neighbours are enough; all of ASCII is among them.
 */
export function representatives(atoms: readonly string[]): string[] {
  const codes = new Set(Array.from({ length: 129 }, (_, code) => code));
  const ends = [...BLANKS, MAX_CODE];
  for (const atom of atoms) {
    for (const [text] of atom.matchAll(/\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|[^ -~]/g)) {
      ends.push(text.startsWith('\\') ? Number.parseInt(text.slice(2), 16) : text.charCodeAt(0));
    }
  }
  for (const end of ends) {
    for (const code of [end - 1, end, end + 1]) if (code >= 0 && code <= MAX_CODE) codes.add(code);
  }
  return [...codes].map((code) => String.fromCharCode(code));
}
