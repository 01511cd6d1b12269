/** Longer words are indexed and searched by their beginning. At four bytes per character they fit the limits of the stores. */
const MAX_WORD_LENGTH = 500;

/** A word of a text, as it is compared, and its place: UTF-16 units `[start, end)` of the text. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;
/** Scripts that put no space between words: each character is a word, so that a search finds any part of a run. */
const CJK = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]/u;
/** Marks that belong to no script, such as accents; the voicing marks of kana distinguish syllables. */
const ACCENT = /(?![\u3099\u309a])[\p{M}&&\p{sc=Zinh}]/gv;
/** Continues the character before it: a mark, or a vowel or final consonant of a Hangul syllable. */
const ATTACHED = /[\p{M}\u1160-\u11ff]/u;

/** 1 for the ASCII characters that belong to a word. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) => (/[a-z0-9]/i.test(String.fromCharCode(code)) ? 1 : 0));

/**
 * Returns the words of a text in order. A word is a run of letters and digits of any script, without case, accents and differences of
 * compatibility (`ﬁ`, `①`); a Chinese, Japanese or Korean character is a word of its own. The stores, queries and highlights all use
 * this one rule, so a query finds every word that a record shows.
 */
export function wordsOf(text: string): string[] {
  const lower = text.toLowerCase();
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    if (code > 127) return placedWordsOf(text).map(({ word }) => word);
    if (ASCII[code] === 1) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      words.push(lower.slice(start, Math.min(at, start + MAX_WORD_LENGTH)));
      start = -1;
    }
  }
  if (start !== -1) words.push(lower.slice(start, start + MAX_WORD_LENGTH));
  return words;
}

/** Returns the same words with their places. */
export function placedWordsOf(text: string): PlacedWord[] {
  const splitter = new Splitter();
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const end = at + (code > 0xffff ? 2 : 1);
    for (const part of partsOf(code)) splitter.add(part, at, end);
    at = end;
  }
  return splitter.end();
}

/** Returns whether the character that begins or ends at a place of a text belongs to a word. */
export function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return ASCII[code] === 1;
  // A half of a surrogate pair is part of a letter or of an emoji; to take it for a letter is the safe side.
  return (code >= 0xd800 && code < 0xe000) || WORD_CHARACTER.test(text.charAt(at));
}

/** What one code point of the comparable form of a character contributes to words. */
interface Part {
  /** Empty for an accent. */
  readonly folded: string;
  /** `inner`: part of a run. `own`: begins a word that no letter joins. `attached`: part of the word before it. */
  readonly kind: 'separator' | 'inner' | 'own' | 'attached';
}

const SEPARATOR: Part = { folded: '', kind: 'separator' };
const ONLY_ACCENTS: Part = { folded: '', kind: 'attached' };
const PARTS = new Map<number, readonly Part[]>();

/** Most characters have one part; `½` has two digits with a separator between them, `ヿ` has two words. */
function partsOf(code: number): readonly Part[] {
  let parts = PARTS.get(code);
  if (parts === undefined) {
    const text = String.fromCodePoint(code);
    const folded = WORD_CHARACTER.test(text) ? fold(text) : text;
    parts = folded === '' ? [ONLY_ACCENTS] : Array.from(folded, partOf);
    // Bounds the memory: rarer characters are folded again.
    if (code <= 0xffff) PARTS.set(code, parts);
  }
  return parts;
}

function partOf(folded: string): Part {
  if (!WORD_CHARACTER.test(folded)) return SEPARATOR;
  if (ATTACHED.test(folded)) return { folded, kind: 'attached' };
  return { folded, kind: CJK.test(folded) ? 'own' : 'inner' };
}

/** By way of upper case, because it unites more letters: `ß`, `ẞ` and `SS`, `ς` and `σ`. */
function fold(text: string): string {
  const plain = text.normalize('NFKD').replace(ACCENT, '');
  return plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFKD').replace(ACCENT, '');
}

class Splitter {
  readonly #words: PlacedWord[] = [];
  #word = '';
  #start = -1;
  #end = -1;
  /** Whether the word is a character of its own, which only marks may join. */
  #isOwn = false;

  add({ folded, kind }: Part, start: number, end: number): void {
    if (kind === 'separator' || kind === 'own' || (kind === 'inner' && this.#isOwn)) this.#close();
    // A mark on a separator, as of musical notes, is not a word.
    if (kind === 'separator' || (this.#start === -1 && ONLY_MARKS.test(folded))) return;
    this.#isOwn ||= kind === 'own';
    if (this.#start === -1) this.#start = start;
    this.#end = end;
    this.#word += folded;
  }

  end(): PlacedWord[] {
    this.#close();
    return this.#words;
  }

  #close(): void {
    if (this.#word !== '') this.#words.push({ word: wordOf(this.#word), start: this.#start, end: this.#end });
    this.#word = '';
    this.#start = -1;
    this.#isOwn = false;
  }
}

const ONLY_MARKS = /^\p{M}*$/u;

/** Composed again, so that a syllable is one character in every form of the text. */
function wordOf(folded: string): string {
  const word = folded.normalize('NFC');
  return word.length <= MAX_WORD_LENGTH ? word : word.slice(0, MAX_WORD_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
