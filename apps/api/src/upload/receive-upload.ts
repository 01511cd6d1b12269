import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { Uploads } from '@pilotlight/origin';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { InvalidInput, MalformedBody, UploadStalled } from '../errors.ts';
import { feedParser } from './feed-parser.ts';
import { UploadStorage } from './upload-storage.ts';

/** The longest pause in which a client sends nothing of its file. */
const IDLE_MS = 30_000;

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

/**
 * Takes the file of a multipart request into the origin, in one transaction that is committed only when all of the form
 * was read and found right. Rejects otherwise, and then nothing is left.
 */
export async function receiveUpload(
  request: Request,
  response: Response,
  { uploads, maxBytes, idleMs = IDLE_MS }: { uploads: Uploads; maxBytes: number; idleMs?: number },
): Promise<{ file: LogFile; event: DomainEvent }> {
  const storage = new UploadStorage(uploads, maxBytes);
  request.setTimeout(idleMs, () => storage.fail(new UploadStalled(idleMs)));
  try {
    await Promise.race([storage.failed, readForm(request, response, storage, maxBytes)]);
    const { upload } = storage;
    if (upload === null) throw missingFile(request.body);
    return await upload.commit();
  } catch (error) {
    await storage.abort();
    throw error;
  } finally {
    request.setTimeout(0);
  }
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

function missingFile(fields: unknown): InvalidInput {
  const isText = typeof fields === 'object' && fields !== null && 'file' in fields;
  const came = isText ? 'text, or a file without a name; with curl: -F "file=@app.log"' : 'none';
  return new InvalidInput([{ field: 'file', detail: `expected a file in the form's field "file", got ${came}` }]);
}
