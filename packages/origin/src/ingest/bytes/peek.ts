export type ByteSource = AsyncIterable<Buffer>;

/**
 * Returns the first bytes of a source (at least `bytes` of them if it has that many) and the whole source, including
 * the head.
 */
export async function peek(
  source: ByteSource,
  bytes: number,
): Promise<{ head: Buffer; ended: boolean; all: AsyncGenerator<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let length = 0;
  let ended = false;
  while (length < bytes && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else {
      chunks.push(next.value);
      length += next.value.length;
    }
  }
  return { head: Buffer.concat(chunks), ended, all: resume(chunks, iterator, ended) };
}

async function* resume(
  chunks: readonly Buffer[],
  iterator: AsyncIterator<Buffer>,
  ended: boolean,
): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
    if (ended) return;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
