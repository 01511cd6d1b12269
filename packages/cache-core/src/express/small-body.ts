import type { IncomingMessage } from 'node:http';

/**
 * Reads the whole body of a request, and calls `onRead` with it. Nothing is called if the connection closes before the end of
 * the body: there is no client to answer.
 *
 * `onRead` may give the body back with `request.unshift`, because `end` has not been emitted yet. The request then has all its
 * bytes again, for any reader, as if it had not been read.
 *
 * It waits for `complete`, not for a number of bytes: Node handles the next request of the connection only after the last read.
 */
export function readBody(request: IncomingMessage, onRead: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const onReadable = () => {
    for (let chunk = request.read() as Buffer | null; chunk !== null; chunk = request.read()) chunks.push(chunk);
    if (!request.complete) return;
    request.off('readable', onReadable);
    const [first] = chunks;
    onRead(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
  };
  request.on('readable', onReadable);
}
