/**
 * Longer words are indexed and searched by their prefix. At four bytes per character in UTF-8 they stay below Postgres'
 * limit of 2,046 bytes.
 */
const MAX_WORD_LENGTH = 500;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** 1 for the ASCII characters that belong to a word. */
const KIND = Uint8Array.from({ length: 128 }, (_, code) => (/[a-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0));

/**
 * Returns the words of a text in order: runs of letters and digits of any script, in lower case. Messages and queries
 * are split by this one rule, so a query finds every word that a message shows.
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
      words.push(lower.slice(start, Math.min(at, start + MAX_WORD_LENGTH)));
      start = -1;
    }
  }
  if (start !== -1) words.push(lower.slice(start, start + MAX_WORD_LENGTH));
  return words;
}

/** Composed and decomposed letters make the same word. */
function wordsOfAnyScript(lower: string): string[] {
  return (lower.normalize('NFC').match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH));
}
