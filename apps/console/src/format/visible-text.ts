/**
 * Control characters, marks and overrides of the direction, line separators, and characters without width that join or hide others. The
 * joiners of emoji and of Persian (U+200C, U+200D) are text.
 */
export const INVISIBLE =
  /[\p{Cc}\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Returns a name in which every invisible character is a code point: `⟨U+001B⟩`. */
export function visibleName(name: string): string {
  return name.replaceAll(INVISIBLE, asCodePoint);
}

/** Returns a text in which every invisible character is a code point, except tabs and the ends of lines, which a page draws as spaces. */
export function visibleText(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => (/[\t\r\n]/.test(character) ? character : asCodePoint(character)));
}

/** Returns the name of a character: `⟨U+202E⟩`. */
export function asCodePoint(character: string): string {
  return `⟨${codePoint(character)}⟩`;
}

/** Returns the code point of a character: `U+202E`. */
export function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
