/** Longer words are indexed, and looked for, by their beginning. Four bytes each in UTF-8 stay below Postgres' 2,046. */
const LONGEST_WORD = 500;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** 1 for the ASCII characters of a word. */
const KIND = Uint8Array.from({ length: 128 }, (_, code) => (/[a-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0));

/**
 * The words of a text, in order: runs of letters and digits of any script, in lower case. Messages and queries are split
 * by this one rule, so that what can be read can be found.
 */
export function wordsOf(text: string): string[] {
  const lower = text.toLowerCase();
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    if (code > 127) return wordsOfAnyScript(lower);
    if (KIND[code] === 1) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      words.push(lower.slice(start, Math.min(at, start + LONGEST_WORD)));
      start = -1;
    }
  }
  if (start !== -1) words.push(lower.slice(start, start + LONGEST_WORD));
  return words;
}

/** Composed and decomposed letters are the same word. */
function wordsOfAnyScript(lower: string): string[] {
  return (lower.normalize('NFC').match(WORD) ?? []).map((word) => word.slice(0, LONGEST_WORD));
}
