import { ZONE_NAMES } from './zone-names.ts';

/** `AM`, ` pm`, ` a.m.`; Node and Java write a narrow no-break space before it. */
const MERIDIEM = /[ \u00a0\u202f]?([AaPp])(?:([Mm])|\.[Mm]\.)(?![A-Za-z0-9_.])/y;
/** `+07`, `+0545`, `-03:30`, at most 15:59 hours. */
const OFFSET = /[+-](?:0\d|1[0-5])(?::?[0-5]\d(?::?[0-5]\d)?)?(?!:?\d)/y;
/** `UTC+1`, `GMT+01:00` */
const PREFIXED_OFFSET = /(?:UTC|GMT)[+-]\d{1,2}(?::?[0-5]\d)?(?!:?\d)/y;
/** `America/New_York`, `Etc/GMT+5`: the areas of the tz database. */
const IANA =
  /(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(?:\/[A-Za-z0-9_+-]{2,20}){1,2}/y;
/** `[Europe/Berlin]` after an offset: RFC 9557. */
const IANA_SUFFIX = /\[!?[A-Z][A-Za-z]{1,12}(?:\/[A-Za-z0-9_+-]{2,20}){1,2}\]/y;
const ENDS_ZONE = /[\s\]),;:|"'}]/;

const BLANK = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const SLASH = 0x2f;
/** Longest name of a zone. */
const MAX_NAME = 5;
/** Names as numbers, because a set of numbers needs no substring of the line. */
const NAME_KEYS = new Set(['Z', ...ZONE_NAMES].map((name) => Buffer.from(name).reduce(keyWith, 0)));

/** Zone names that are also words and often begin a message. They are zones only if no text follows directly. */
const WORD_KEYS = new Set(
  ['ACT', 'ART', 'BOT', 'CAT', 'EAT', 'MET', 'PET', 'WIT'].map((name) => Buffer.from(name).reduce(keyWith, 0)),
);

function keyWith(key: number, code: number): number {
  return key * 32 + (code & 31);
}

/** What may follow a time of day: the half of the day and the zone. Reused from time to time. */
export class TimeTail {
  /** `a` or `p`, or '' for a day of 24 hours. */
  meridiem: '' | 'a' | 'p' = '';
  /** Whether the half of the day is written `AM` or `PM`, as in the United States. */
  isCapitalMeridiem = false;
  /** The zone as written, or ''. */
  zone = '';
  end = 0;

  /** Reads the tail that begins at `at`, directly behind the time's last digit. */
  read(text: string, at: number): void {
    this.meridiem = '';
    this.isCapitalMeridiem = false;
    this.zone = '';
    this.end = at;
    let next = text.charCodeAt(at);
    if (next === BLANK || next === 0xa0 || next === 0x202f) next = text.charCodeAt(at + 1);
    // A, P, a, p
    if ((next | 0x20) === 0x61 || (next | 0x20) === 0x70) this.#readMeridiem(text, at);
    const end = zoneEnd(text, this.end);
    if (end === this.end) return;
    this.zone = text.slice(text.charCodeAt(this.end) === BLANK ? this.end + 1 : this.end, end);
    this.end = end;
  }

  #readMeridiem(text: string, at: number): void {
    MERIDIEM.lastIndex = at;
    const match = MERIDIEM.exec(text);
    if (match === null) return;
    this.meridiem = (match[1] ?? '').toLowerCase() === 'a' ? 'a' : 'p';
    this.isCapitalMeridiem = (match[1] === 'A' || match[1] === 'P') && match[2] === 'M';
    this.end = MERIDIEM.lastIndex;
  }
}

/** Returns the end of the zone that begins at `at` or after one blank, or `at` if there is none. */
function zoneEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === PLUS || code === MINUS) return withSuffix(text, endOf(OFFSET, text, at) ?? at, at);
  // Z
  if ((code | 0x20) === 0x7a) {
    const after = text.charCodeAt(at + 1);
    return isLetter(after) || (after >= 0x30 && after <= 0x39) || after === 0x5f ? at : withSuffix(text, at + 1, at);
  }
  if (code === 0x5b) return endOf(IANA_SUFFIX, text, at) ?? at;
  if (code !== BLANK) return at;
  const next = text.charCodeAt(at + 1);
  if (next === PLUS || next === MINUS) {
    const end = endOf(OFFSET, text, at + 1);
    // Go writes `+0530 IST`.
    return end === null ? at : text.charCodeAt(end) === BLANK ? (nameEnd(text, end + 1) ?? end) : end;
  }
  if (next === 0x28) return text.charAt(nameEnd(text, at + 2) ?? 0) === ')' ? (nameEnd(text, at + 2) ?? at) + 1 : at;
  return isCapital(next) ? (nameEnd(text, at + 1) ?? at) : at;
}

/** Returns the end of a zone's name (`CET`, `UTC+1`, `Europe/Berlin`), or null. Most words after a time are not one. */
function nameEnd(text: string, from: number): number | null {
  let end = from;
  let key = 0;
  let code = text.charCodeAt(end);
  for (; isCapital(code) && end < from + MAX_NAME; code = text.charCodeAt(end)) {
    key = keyWith(key, code);
    end++;
  }
  const length = end - from;
  if (length === 0) return null;
  if (code === SLASH || (length === 1 && isLetter(code))) return hasSlash(text, end) ? endOf(IANA, text, from) : null;
  if (!NAME_KEYS.has(key)) return null;
  if (length === 3 && (code === PLUS || code === MINUS)) return endOf(PREFIXED_OFFSET, text, from);
  if (code === BLANK && WORD_KEYS.has(key) && !'[(|-'.includes(text[end + 1] ?? '[')) return null;
  return ENDS_ZONE.test(text[end] ?? ' ') ? end : null;
}

/** Whether a slash ends the word. Without one, most words need no pattern. */
function hasSlash(text: string, from: number): boolean {
  let end = from;
  while (isLetter(text.charCodeAt(end)) && end < from + 10) end++;
  return text.charCodeAt(end) === SLASH;
}

function withSuffix(text: string, end: number, at: number): number {
  return end > at && text.charCodeAt(end) === 0x5b ? (endOf(IANA_SUFFIX, text, end) ?? end) : end;
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}
