import { MAX_RECORD_BYTES } from './limits.ts';

/** Collects the bytes of one record across pieces. Keeps the first `MAX_RECORD_BYTES` and counts the rest. */
export class BoundedText {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #droppedBytes = 0;

  get isEmpty(): boolean {
    return this.#heldBytes === 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const kept = Math.min(end - start, MAX_RECORD_BYTES - this.#heldBytes);
    // Copies the bytes: a slice would keep the whole piece in memory while the record is open.
    if (kept > 0) this.#held.push(Buffer.from(bytes.subarray(start, start + kept)));
    this.#heldBytes += kept;
    this.#droppedBytes += end - start - kept;
  }

  /**
   * Returns the text collected so far (at most `MAX_RECORD_BYTES` in UTF-8) and the number of dropped bytes, and resets
   * both.
   */
  take(): { text: string; truncatedBytes: number } {
    const bytes = Buffer.concat(this.#held);
    const droppedBytes = this.#droppedBytes;
    this.#held = [];
    this.#heldBytes = 0;
    this.#droppedBytes = 0;
    return decodeBounded(bytes, droppedBytes);
  }
}

/** Decodes bytes to text of at most `MAX_RECORD_BYTES` in UTF-8. `droppedBytes` counts bytes dropped earlier. */
function decodeBounded(bytes: Buffer, droppedBytes: number): { text: string; truncatedBytes: number } {
  let truncatedBytes = droppedBytes;
  let kept = bytes;
  if (droppedBytes > 0) {
    kept = bytes.subarray(0, characterStart(bytes, bytes.length));
    truncatedBytes += bytes.length - kept.length;
  }
  const text = kept.toString('utf8');
  // Each invalid byte becomes three bytes (U+FFFD), so the text can be longer than its bytes.
  if (text.length * 3 <= MAX_RECORD_BYTES || Buffer.byteLength(text) <= MAX_RECORD_BYTES) {
    return { text, truncatedBytes };
  }
  const encoded = Buffer.from(text);
  const cut = encoded[MAX_RECORD_BYTES] === undefined ? encoded.length : backToStart(encoded, MAX_RECORD_BYTES);
  return { text: encoded.toString('utf8', 0, cut), truncatedBytes: truncatedBytes + encoded.length - cut };
}

/**
 * Returns the end of the last whole character in `bytes` before `end`. A character that the cut would split is dropped.
 */
function characterStart(bytes: Buffer, end: number): number {
  for (let back = 1; back <= Math.min(4, end); back++) {
    const byte = bytes[end - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? end - back : end;
  }
  return end;
}

/** Returns the last character boundary in valid UTF-8 at or before `at`. */
function backToStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
