/** A control sequence of ECMA-48, section 5.4: colours, and the few others that terminals' loggers write. */
const CONTROL_SEQUENCE = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;:?]{0,32}[A-Za-z]`, 'g');
const ESCAPE = '\u001b';

/** Removes the colours that a logger writes for a terminal. */
export function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? text.replace(CONTROL_SEQUENCE, '') : text;
}
