import { isNumberEnd, NUMBER_START, type NumberState, nextInNumber } from './json-number.ts';

export type JsonKind = 'object' | 'array' | 'scalar';

/** Receives where values of the levels up to `reportedDepth` (2) begin and end. `at` is an offset in the piece. */
export interface JsonListener {
  readonly reportedDepth?: number;
  valueStarts(depth: number, kind: JsonKind, at: number): void;
  /** `at` is one past the last byte of the value. */
  valueEnds(depth: number, at: number): void;
}

/** A document nested deeper counts as damaged; the scanner keeps one byte per level. */
const MAX_DOCUMENT_DEPTH = 1_000_000;

type State =
  | 'value'
  | 'value or ]'
  | 'name'
  | 'name or }'
  | 'colon'
  | 'after value'
  | 'string'
  | 'escape'
  | 'hex'
  | 'number'
  | 'literal'
  | 'failed';

const OBJECT = 1;
const ARRAY = 2;
const LITERALS: Record<number, string> = { 116: 'true', 102: 'false', 110: 'null' };

/**
 * Validates one JSON document (RFC 8259) piece by piece without holding it, and reports the position of its outer
 * values. It rejects everything that `JSON.parse` rejects, except that bytes in strings need not be UTF-8. It does not
 * recurse, at any depth.
 */
export class JsonScanner {
  readonly #listener: JsonListener;
  #state: State = 'value';
  #nest = new Uint8Array(64);
  #depth = 0;
  #isName = false;
  #hexLeft = 0;
  #literal = '';
  #literalAt = 0;
  #number: NumberState = NUMBER_START;
  #lineEndAfterRoot = false;
  #severalValues = false;

  constructor(listener: JsonListener) {
    this.#listener = listener;
  }

  get failed(): boolean {
    return this.#state === 'failed';
  }

  /** Whether the scan failed because a second value follows the first on a later line, as in JSON lines. */
  get severalValues(): boolean {
    return this.#severalValues;
  }

  write(piece: Buffer): void {
    let at = 0;
    while (at < piece.length && this.#state !== 'failed') {
      if (this.#state === 'string') at = this.#string(piece, at);
      else if (this.#state === 'number') at = this.#numeral(piece, at);
      else at = this.#step(piece[at] ?? 0, at);
    }
  }

  /** Ends the input. Returns whether it was one JSON document. */
  end(): boolean {
    if (this.#state === 'number') this.#endNumber(0);
    return this.#state === 'after value' && this.#depth === 0;
  }

  #string(piece: Buffer, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (byte === 0x22) {
        if (this.#isName) this.#state = 'colon';
        else this.#endValue(at + 1);
        return at + 1;
      }
      if (byte === 0x5c) {
        this.#state = 'escape';
        return at + 1;
      }
      if (byte < 0x20) return this.#fail();
    }
    return piece.length;
  }

  #numeral(piece: Buffer, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const next = nextInNumber(this.#number, piece[at] ?? 0);
      if (next === null) {
        this.#endNumber(at);
        return at;
      }
      this.#number = next;
    }
    return piece.length;
  }

  #endNumber(at: number): void {
    if (isNumberEnd(this.#number)) this.#endValue(at);
    else this.#fail();
  }

  /** Handles one byte outside strings and numbers. */
  #step(byte: number, at: number): number {
    if (this.#state === 'escape') return this.#escaped(byte, at);
    if (this.#state === 'hex') return this.#hexDigit(byte, at);
    if (this.#state === 'literal') return this.#literalByte(byte, at);
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      if (this.#depth === 0 && this.#state === 'after value' && byte !== 0x20 && byte !== 0x09) {
        this.#lineEndAfterRoot = true;
      }
      return at + 1;
    }
    return this.#token(byte, at);
  }

  #token(byte: number, at: number): number {
    switch (this.#state) {
      case 'value or ]':
        return byte === 0x5d ? this.#close(ARRAY, at) : this.#startValue(byte, at);
      case 'value':
        return this.#startValue(byte, at);
      case 'name or }':
        return byte === 0x7d ? this.#close(OBJECT, at) : this.#startName(byte, at);
      case 'name':
        return this.#startName(byte, at);
      case 'colon':
        if (byte !== 0x3a) return this.#fail();
        this.#state = 'value';
        return at + 1;
      default:
        return this.#afterValue(byte, at);
    }
  }

  #afterValue(byte: number, at: number): number {
    if (this.#depth === 0) {
      this.#severalValues = this.#lineEndAfterRoot;
      return this.#fail();
    }
    const container = this.#nest[this.#depth - 1];
    if (byte === 0x2c) {
      this.#state = container === OBJECT ? 'name' : 'value';
      return at + 1;
    }
    if (byte === 0x5d) return this.#close(ARRAY, at);
    return byte === 0x7d ? this.#close(OBJECT, at) : this.#fail();
  }

  #startName(byte: number, at: number): number {
    if (byte !== 0x22) return this.#fail();
    this.#isName = true;
    this.#state = 'string';
    return at + 1;
  }

  #startValue(byte: number, at: number): number {
    if (byte === 0x7b) return this.#open(OBJECT, at);
    if (byte === 0x5b) return this.#open(ARRAY, at);
    this.#reportStart('scalar', at);
    if (byte === 0x22) {
      this.#isName = false;
      this.#state = 'string';
      return at + 1;
    }
    const literal = LITERALS[byte];
    if (literal !== undefined) {
      this.#literal = literal;
      this.#literalAt = 1;
      this.#state = 'literal';
      return at + 1;
    }
    const number = nextInNumber(NUMBER_START, byte);
    if (number === null) return this.#fail();
    this.#number = number;
    this.#state = 'number';
    return at + 1;
  }

  #open(container: number, at: number): number {
    if (this.#depth >= MAX_DOCUMENT_DEPTH) return this.#fail();
    this.#reportStart(container === OBJECT ? 'object' : 'array', at);
    if (this.#depth === this.#nest.length) {
      const larger = new Uint8Array(this.#nest.length * 2);
      larger.set(this.#nest);
      this.#nest = larger;
    }
    this.#nest[this.#depth++] = container;
    this.#state = container === OBJECT ? 'name or }' : 'value or ]';
    return at + 1;
  }

  #close(container: number, at: number): number {
    if (this.#nest[this.#depth - 1] !== container) return this.#fail();
    this.#depth--;
    this.#endValue(at + 1);
    return at + 1;
  }

  #escaped(byte: number, at: number): number {
    if (byte === 0x75) {
      this.#state = 'hex';
      this.#hexLeft = 4;
      return at + 1;
    }
    // " \ / b f n r t
    if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) return this.#fail();
    this.#state = 'string';
    return at + 1;
  }

  #hexDigit(byte: number, at: number): number {
    const isHex = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
    if (!isHex) return this.#fail();
    if (--this.#hexLeft === 0) this.#state = 'string';
    return at + 1;
  }

  #literalByte(byte: number, at: number): number {
    if (byte !== this.#literal.charCodeAt(this.#literalAt++)) return this.#fail();
    if (this.#literalAt === this.#literal.length) this.#endValue(at + 1);
    return at + 1;
  }

  #reportStart(kind: JsonKind, at: number): void {
    if (this.#depth <= (this.#listener.reportedDepth ?? 2)) this.#listener.valueStarts(this.#depth, kind, at);
  }

  #endValue(at: number): void {
    this.#state = 'after value';
    if (this.#depth <= (this.#listener.reportedDepth ?? 2)) this.#listener.valueEnds(this.#depth, at);
  }

  #fail(): number {
    this.#state = 'failed';
    return 0;
  }
}
