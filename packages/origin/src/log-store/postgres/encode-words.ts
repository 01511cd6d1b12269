import type { ByteWriter } from './byte-writer.ts';
import type { WordCounter } from './roll-up/common-words.ts';

/** Limits of Postgres' tsvector: the positions kept per word, and the bytes of all words together. */
const POSITIONS_PER_WORD = 255;
const MAX_WORDS_BYTES = 1_000_000;

/**
 * Writes the words of a record (see `searchedWordsOf`) as a binary tsvector: the number of words, then each word with its positions.
 * Postgres sorts them. Passes each word to `counter` once. Words beyond a limit cannot be found, but a record would need more than 16,383 words to reach one.
 */
export function encodeWords(writer: ByteWriter, texts: readonly (readonly string[])[], counter: WordCounter): void {
  const positions = positionsOfWords(texts);
  writer.int32(positions.size);
  for (const [word, found] of positions) {
    counter.add(word);
    writer.shortText(word);
    writer.int8(0);
    writer.int16(found.length);
    for (const position of found) writer.int16(position);
  }
}

/** Returns the words of a record as the text form of a tsvector. */
export function tsvectorOf(texts: readonly (readonly string[])[]): string {
  return [...positionsOfWords(texts)].map(([word, found]) => `'${word}':${found.join(',')}`).join(' ');
}

function positionsOfWords(texts: readonly (readonly string[])[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  let position = 0;
  let bytes = 0;
  for (const words of texts) {
    for (const word of words) {
      position += 1;
      const found = positions.get(word);
      if (found === undefined) {
        bytes += word.length * 3 + 6;
        if (bytes > MAX_WORDS_BYTES) return positions;
        positions.set(word, [position]);
      } else if (found.length < POSITIONS_PER_WORD) found.push(position);
    }
    // The gap keeps phrases within one text.
    position += 1;
  }
  return positions;
}
