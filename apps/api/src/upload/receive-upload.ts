import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { Uploads } from '@pilotlight/origin';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { InvalidInput, MalformedBody, UploadStalled } from '../errors.ts';
import { shownName } from '../http/shown.ts';
import { feedParser, firstPartHeaders } from './feed-parser.ts';
import { type PaceOptions, UPLOAD_PACE, UploadPace } from './upload-pace.ts';
import { UploadStorage } from './upload-storage.ts';

/** Beside its file a form may have a few small fields, which are not looked at. */
const FORM_LIMITS = {
  files: 1,
  fields: 8,
  parts: 9,
  fieldSize: 8 * 1_024,
  fieldNameSize: 100,
  fieldNestingDepth: 1,
  fieldArrayIndexLimit: 8,
  headerPairs: 32,
};

export interface ReceiveOptions {
  readonly uploads: Pick<Uploads, 'begin'>;
  readonly maxBytes: number;
  readonly pace?: PaceOptions;
}

/**
 * Takes the file of a multipart request into the origin. It becomes a file only when all of the form was read and found
 * right. Rejects otherwise, and then nothing is left. A client that is slower than the minimum pace is cut off.
 */
export async function receiveUpload(
  request: Request,
  response: Response,
  { uploads, maxBytes, pace = UPLOAD_PACE }: ReceiveOptions,
): Promise<{ file: LogFile; event: DomainEvent }> {
  const storage = new UploadStorage(uploads, maxBytes);
  const stopLooking = keepPace(request, storage, pace);
  try {
    await Promise.race([storage.failed, readForm(request, response, storage, maxBytes)]);
    stopLooking();
    const { upload } = storage;
    if (upload === null) throw missingFile(request);
    return await upload.commit();
  } catch (error) {
    await storage.abort();
    throw error;
  } finally {
    stopLooking();
  }
}

/** Fails the upload when the client is too slow. Returns what ends the looking. */
function keepPace({ socket }: Request, storage: UploadStorage, options: PaceOptions): () => void {
  const pace = new UploadPace(options);
  // Counted at the socket: a listener on the request would take its bytes from the parser.
  const before = socket.bytesRead;
  const timer = setInterval(() => {
    if (storage.isBusy) return;
    const bytes = pace.look(socket.bytesRead - before);
    if (bytes !== null) storage.fail(new UploadStalled(bytes, options));
  }, options.lookMs);
  return () => clearInterval(timer);
}

function readForm(request: Request, response: Response, storage: UploadStorage, maxBytes: number): Promise<void> {
  const read = multer({
    storage,
    limits: { ...FORM_LIMITS, fileSize: maxBytes },
    // A name is data, kept as it was sent.
    preservePath: true,
    defParamCharset: 'utf8',
    streamHandler: feedParser,
  }).single('file');
  return new Promise((resolve, reject) => {
    void read(request, response, (error?: unknown) => (error ? reject(asFormError(error)) : resolve()));
  });
}

/** What the parser throws is about the form; what the storage throws has been told by the storage before. */
function asFormError(error: unknown): Error {
  if (error instanceof MulterError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new MalformedBody(`expected a whole multipart form, got: ${why}`, { cause: error });
}

function missingFile(request: Request): InvalidInput {
  const detail = `expected a file in the form's field "file", got ${whatCame(request)}`;
  return new InvalidInput([{ field: 'file', detail }]);
}

const NAMED_FILE = /^content-disposition:.*\bname="?file\b.*$/im;

function whatCame(request: Request): string {
  const fields: unknown = request.body;
  if (typeof fields === 'object' && fields !== null && 'file' in fields)
    return 'text, or a file without a name; with curl: -F "file=@app.log"';
  // The parser passes over a part whose disposition it can't read.
  const disposition = NAMED_FILE.exec(firstPartHeaders(request))?.[0].trim();
  if (disposition === undefined) return 'none';
  const expected = /filename\*=/i.test(disposition)
    ? "a filename* like UTF-8''caf%C3%A9.log (RFC 8187), or only a filename"
    : 'a filename in double quotes';
  return `a part with headers that can not be read: expected ${expected}, got ${JSON.stringify(shownName(disposition))}`;
}
