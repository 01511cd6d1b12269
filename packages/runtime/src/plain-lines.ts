const PAIR = String.raw`\\\\`;
/** In the JSON of a line: escaped control characters except line breaks and tabs, and those that JSON does not escape. */
const HIDDEN = new RegExp(`${PAIR}|\\\\u00[01][0-9a-f]|\\\\[bfr]|[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]`, 'gu');

/**
 * Replaces, in a log line in JSON, the characters with which a client's text could move the cursor of a terminal, hide the rest of the
 * line or begin another line. Line breaks and tabs stay, because stacks have them.
 */
export function withoutControls(line: string): string {
  return `${line.trimEnd().replace(HIDDEN, (found) => (found === '\\\\' ? found : '\ufffd'))}\n`;
}

/** Replaces the line breaks of a message, so that no part of it looks like a line of its own. */
export function inOneLine(message: unknown): string {
  return String(message).replaceAll('\n', '\ufffd');
}
