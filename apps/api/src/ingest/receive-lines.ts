import { createHash } from 'node:crypto';
import type { Append, Appended, Streams } from '@pilotlight/origin';
import type { Request } from 'express';
import { UploadStalled } from '../errors.ts';
import { type PaceOptions, UPLOAD_PACE, UploadPace } from '../upload/upload-pace.ts';
import { LineMeter } from './line-meter.ts';
import { unpackedBody } from './unpacked-body.ts';

const LINE_END = Buffer.from('\n');

export interface ReceiveLinesOptions {
  readonly streams: Pick<Streams, 'begin'>;
  readonly stream: string;
  readonly uploader: string | null;
  /** The idempotency key of the request, or null without one. */
  readonly key: string | null;
  /** Called with the number of lines of a body that was read to its end. */
  readonly onRead: (lines: number) => void;
  readonly pace?: PaceOptions;
}

/**
 * Appends the lines of a request to a stream. Commits them only once the whole body was read and is valid; otherwise rejects and
 * removes all stored parts. Rejects with `UploadStalled` if the client sends slower than the minimum pace.
 */
export async function receiveLines(request: Request, options: ReceiveLinesOptions): Promise<Appended> {
  const { streams, stream, uploader, key, onRead, pace = UPLOAD_PACE } = options;
  const append = await streams.begin(stream, uploader);
  const stall = watchPace(request, pace);
  try {
    const reading = readLines(request, append, stream, stall);
    // After a stall it continues until the connection is closed.
    reading.catch(() => undefined);
    const { lines, fingerprint } = await Promise.race([stall.stalled, reading]);
    onRead(lines);
    return await append.commit({ lines, key: key === null ? null : { key, fingerprint } });
  } catch (error) {
    await append.abort();
    throw error;
  } finally {
    stall.stop();
  }
}

async function readLines(
  request: Request,
  append: Append,
  stream: string,
  { busy }: PaceWatch,
): Promise<{ lines: number; fingerprint: Buffer }> {
  const meter = new LineMeter();
  const hash = createHash('sha256').update(`${stream}\0`);
  for await (const bytes of unpackedBody(request)) {
    meter.add(bytes);
    hash.update(bytes);
    await busy(append.write(bytes));
  }
  if (!meter.isAtEnd) {
    meter.add(LINE_END);
    await append.write(LINE_END);
  }
  return { lines: meter.lines, fingerprint: hash.digest() };
}

interface PaceWatch {
  /** Rejects with `UploadStalled` once the client is too slow. */
  readonly stalled: Promise<never>;
  /** Does not count the time of this work, in which the client has to wait. */
  readonly busy: <T>(work: Promise<T>) => Promise<T>;
  readonly stop: () => void;
}

function watchPace({ socket }: Request, options: PaceOptions): PaceWatch {
  const pace = new UploadPace(options);
  const before = socket.bytesRead;
  const { promise: stalled, reject } = Promise.withResolvers<never>();
  stalled.catch(() => undefined);
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    const bytes = pace.look(socket.bytesRead - before);
    if (bytes !== null) reject(new UploadStalled(bytes, options));
  }, options.lookMs);
  return {
    stalled,
    busy: async (work) => {
      isBusy = true;
      return await work.finally(() => {
        isBusy = false;
      });
    },
    stop: () => clearInterval(timer),
  };
}
