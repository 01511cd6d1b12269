import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { Shape, Uploads } from '@pilotlight/origin';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { InvalidInput, MalformedBody, UploadStalled } from '../errors.ts';
import { shownName } from '../http/shown.ts';
import { feedParser, firstPartHeaders } from './feed-parser.ts';
import { readAsOf } from './read-as.ts';
import { type PaceOptions, UPLOAD_PACE, UploadPace } from './upload-pace.ts';
import { UploadStorage } from './upload-storage.ts';

/** Beside its file, a form may have a few small fields. */
const FORM_LIMITS = {
  files: 1,
  fields: 8,
  parts: 9,
  // A shape has up to 20,000 characters.
  fieldSize: 80 * 1_024,
  fieldNameSize: 100,
  fieldNestingDepth: 1,
  fieldArrayIndexLimit: 8,
  headerPairs: 32,
};

export interface ReceiveOptions {
  readonly uploads: Pick<Uploads, 'begin'>;
  readonly maxBytes: number;
  /** Text formats of users for all uploads. Defaults to none. */
  readonly shapes?: readonly Shape[];
  readonly pace?: PaceOptions;
}

/**
 * Stores the file of a multipart request. Commits it only once the whole form was read and is valid; otherwise rejects and
 * removes all stored parts. A field that is not known is an error: to ignore it would look as if it had worked. Rejects with `UploadStalled` if the client sends slower than the minimum pace.
 */
export async function receiveUpload(
  request: Request,
  response: Response,
  { uploads, maxBytes, shapes = [], pace = UPLOAD_PACE }: ReceiveOptions,
): Promise<{ file: LogFile; event: DomainEvent }> {
  const storage = new UploadStorage(uploads, maxBytes);
  const stopWatching = keepPace(request, storage, pace);
  try {
    await Promise.race([storage.failed, readForm(request, response, storage, maxBytes)]);
    stopWatching();
    const { upload } = storage;
    if (upload === null) throw missingFile(request);
    return await upload.commit(readAsOf(request.body, shapes));
  } catch (error) {
    await storage.abort();
    throw error;
  } finally {
    stopWatching();
  }
}

/** Fails the upload if the client is too slow. Returns a function that stops watching. */
function keepPace({ socket }: Request, storage: UploadStorage, options: PaceOptions): () => void {
  const pace = new UploadPace(options);
  // Counts at the socket, because a listener on the request would take bytes from the parser.
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
    // The file name is data and is stored unchanged.
    preservePath: true,
    defParamCharset: 'utf8',
    streamHandler: feedParser,
  }).single('file');
  return new Promise((resolve, reject) => {
    void read(request, response, (error?: unknown) => (error ? reject(asFormError(error)) : resolve()));
  });
}

/** Converts an error of the parser. Errors of the storage reach the caller through `storage.failed` first. */
function asFormError(error: unknown): Error {
  if (error instanceof MulterError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new MalformedBody(`expected a complete multipart form, got: ${why}`, { cause: error });
}

function missingFile(request: Request): InvalidInput {
  const detail = `expected a file in the form's field "file", got ${describeFile(request)}`;
  return new InvalidInput([{ field: 'file', detail }]);
}

const NAMED_FILE = /^content-disposition:.*\bname="?file\b.*$/im;

function describeFile(request: Request): string {
  const fields: unknown = request.body;
  if (typeof fields === 'object' && fields !== null && 'file' in fields)
    return 'text, or a file without a name; with curl: -F "file=@app.log"';
  // The parser skips a part whose Content-Disposition it cannot parse.
  const disposition = NAMED_FILE.exec(firstPartHeaders(request))?.[0].trim();
  if (disposition === undefined) return 'none';
  const expected = /filename\*=/i.test(disposition)
    ? "a filename* like UTF-8''caf%C3%A9.log (RFC 8187), or only a filename"
    : 'a filename in double quotes';
  return `a part with headers that cannot be parsed: expected ${expected}, got ${JSON.stringify(shownName(disposition))}`;
}
