const MAX_WORD_LENGTH = 500;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * Returns the words of a text as releases before migration 12 split them: with accents, and a run of Chinese characters as one word.
 * Files that they indexed are searched by these words until a worker has split their records again.
 */
export function wordsOfVersion1(text: string): string[] {
  return (text.toLowerCase().normalize('NFC').match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH));
}
