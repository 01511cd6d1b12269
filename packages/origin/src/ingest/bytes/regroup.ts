import type { ByteSource } from './peek.ts';

/**
 * Yields the same bytes in pieces of exactly `pieceBytes`; the last one may be shorter. A decision by a piece then
 * depends on the bytes alone, not on how a disk, a network or an unpacker has cut them.
 */
export async function* regroup(source: ByteSource, pieceBytes: number): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - length);
      at += part.length;
      length += part.length;
      gathered.push(part);
      if (length < pieceBytes) continue;
      yield joined(gathered, length);
      gathered = [];
      length = 0;
    }
    // Many tiny parts would take more memory than their bytes.
    if (gathered.length >= 256) gathered = [joined(gathered, length)];
  }
  if (length > 0) yield joined(gathered, length);
}

function joined(parts: readonly Buffer[], length: number): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts, length);
}
