import { codePoint, INVISIBLE } from '../../format/visible-text.ts';
import type { Highlight } from './search-types.ts';

/** A part of a text of a user: text as it is, or one character that is not visible, or that would change how others are drawn. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` is shown in place of the character: `ESC`, `U+202E`. */
  | { readonly kind: 'control'; readonly text: string; readonly name: string };

/** Pieces that the query names, or does not name. */
export interface Part {
  readonly isMatch: boolean;
  readonly pieces: readonly Piece[];
}

/** The names of the control characters of ASCII, from 0. */
const NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/**
 * Splits a text at the parts that the query names and at its control characters. The texts of all pieces together are the text.
 *
 * @param highlight ranges `[start, end)` in UTF-16 units, in order
 */
export function partsOf(text: string, highlight: Highlight = []): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const add = (to: number, isMatch: boolean): void => {
    if (to > at) parts.push({ isMatch, pieces: piecesOf(text.slice(at, to)) });
    at = Math.max(at, to);
  };
  for (const [start = 0, end = 0] of highlight) {
    add(Math.min(start, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return parts;
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: control, index } of text.matchAll(INVISIBLE)) {
    if (index > at) pieces.push({ kind: 'text', text: text.slice(at, index) });
    pieces.push({ kind: 'control', text: control, name: nameOf(control) });
    at = index + control.length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

function nameOf(control: string): string {
  const code = control.codePointAt(0) ?? 0;
  if (code === 0x7f) return 'DEL';
  return NAMES[code] ?? codePoint(control);
}

/** The part of a long text that is shown while its line is closed. */
export interface Excerpt {
  readonly text: string;
  readonly highlight: Highlight;
  /** The numbers of characters that are left out, in UTF-16 units. */
  readonly before: number;
  readonly after: number;
}

/** Text before the first match that an excerpt keeps. */
const LEAD = 80;

/** Returns at most about `max` characters of a text, around its first match if that is further back. Pairs of surrogates stay whole. */
export function excerptOf(text: string, highlight: Highlight, max: number): Excerpt {
  const [from = 0, to = 0] = highlight[0] ?? [];
  const start = to <= max ? 0 : whole(text, Math.max(0, Math.min(from - LEAD, text.length - max)));
  const end = whole(text, Math.min(text.length, start + max));
  const kept = highlight
    .map(([first = 0, last = 0]) => [Math.max(first, start) - start, Math.min(last, end) - start])
    .filter(([first = 0, last = 0]) => first < last);
  return { text: text.slice(start, end), highlight: kept, before: start, after: text.length - end };
}

/** Moves an offset out of the middle of a pair of surrogates. */
function whole(text: string, at: number): number {
  const isLow = at > 0 && at < text.length && /[\udc00-\udfff]/.test(text.charAt(at));
  return isLow && /[\ud800-\udbff]/.test(text.charAt(at - 1)) ? at - 1 : at;
}
