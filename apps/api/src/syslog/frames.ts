/** Longer messages are dropped; RFC 5424 asks receivers for 2 KiB, and a record has at most 64 KiB. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
/** More than any length up to the maximum has. */
const MAX_LENGTH_DIGITS = 10;

/**
 * Splits a connection into messages (RFC 6587): a message that begins with its length and a space has as many bytes, any other one ends
 * with a line feed. Costs time linear in the bytes.
 */
export class SyslogFrames {
  readonly #onMessage: (message: Buffer) => void;
  readonly #onTooLong: () => void;
  #held: Buffer = Buffer.alloc(0);
  /** Has space behind the held bytes, so that bytes which come one by one are not copied again and again. */
  #store: Buffer = Buffer.allocUnsafeSlow(0);
  /** The bytes of a message that is too long which are still to be skipped; infinite up to a line feed. */
  #skipping = 0;
  /** The position up to which the held bytes have no line feed. */
  #searched = 0;

  constructor(onMessage: (message: Buffer) => void, onTooLong: () => void) {
    this.#onMessage = onMessage;
    this.#onTooLong = onTooLong;
  }

  /** Whether a message has begun and not ended. */
  get isPartial(): boolean {
    return this.#held.length > 0 || this.#skipping > 0;
  }

  add(bytes: Buffer): void {
    if (this.#held.length === 0) this.#held = bytes;
    else this.#append(bytes);
    while (this.#held.length > 0 && this.#next());
  }

  /** Call it when the connection ends: a last message need not have a line feed. */
  end(): void {
    if (this.#skipping === 0 && this.#held.length > 0 && lengthOf(this.#held) === null) this.#onMessage(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #append(bytes: Buffer): void {
    const { length, buffer, byteOffset } = this.#held;
    const start = buffer === this.#store.buffer ? byteOffset : this.#store.length;
    const end = length + bytes.length;
    if (start + end > this.#store.length) {
      this.#store = Buffer.allocUnsafeSlow(2 * end);
      this.#held.copy(this.#store);
      bytes.copy(this.#store, length);
      this.#held = this.#store.subarray(0, end);
      return;
    }
    // Messages before it are parts of the same memory, and stay as they are.
    bytes.copy(this.#store, start + length);
    this.#held = this.#store.subarray(start, start + end);
  }

  /** Takes a message from the held bytes. Returns false if more bytes are needed. */
  #next(): boolean {
    if (this.#skipping > 0) return this.#skip();
    const length = lengthOf(this.#held);
    if (length === 'incomplete') return false;
    if (length === null) return this.#line();
    const { start, bytes } = length;
    if (bytes > MAX_MESSAGE_BYTES) {
      this.#onTooLong();
      this.#skipping = start + bytes;
      return true;
    }
    if (this.#held.length < start + bytes) return false;
    this.#onMessage(this.#held.subarray(start, start + bytes));
    this.#drop(start + bytes);
    return true;
  }

  #line(): boolean {
    const end = this.#held.indexOf(LINE_FEED, this.#searched);
    const bytes = end === -1 ? this.#held.length : end;
    if (bytes > MAX_MESSAGE_BYTES) {
      this.#onTooLong();
      this.#skipping = Number.POSITIVE_INFINITY;
      return true;
    }
    this.#searched = bytes;
    if (end === -1) return false;
    if (end > 0) this.#onMessage(this.#held.subarray(0, end));
    this.#drop(end + 1);
    return true;
  }

  #skip(): boolean {
    const end = this.#skipping === Number.POSITIVE_INFINITY ? this.#held.indexOf(LINE_FEED) + 1 : this.#skipping;
    if (end === 0 || end > this.#held.length) {
      this.#skipping -= this.#held.length;
      this.#drop(this.#held.length);
      return false;
    }
    this.#skipping = 0;
    this.#drop(end);
    return true;
  }

  #drop(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
    this.#searched = 0;
  }
}

/** Returns the length that a message begins with, or null if it begins with something else. */
function lengthOf(bytes: Buffer): { start: number; bytes: number } | 'incomplete' | null {
  let value = 0;
  for (let at = 0; at <= MAX_LENGTH_DIGITS; at++) {
    const byte = bytes[at];
    if (byte === undefined) return 'incomplete';
    if (byte === SPACE && at > 0) return { start: at + 1, bytes: value };
    if (byte < (at === 0 ? ZERO + 1 : ZERO) || byte > NINE) return null;
    value = value * 10 + byte - ZERO;
  }
  return null;
}
