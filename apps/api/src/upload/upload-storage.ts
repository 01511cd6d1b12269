import { type Upload, type Uploads, UploadTooLarge } from '@pilotlight/origin';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { EncodedFile } from '../errors.ts';

/** Names of `Content-Transfer-Encoding` that leave the bytes as they are. */
const IDENTITY = new Set(['7bit', '8bit', 'binary']);

/** Streams the file of one request into the origin. The file is not kept unless the caller commits the upload. */
export class UploadStorage implements StorageEngine {
  /** Rejects as soon as the file cannot be stored, before the rest of the request is read. */
  readonly failed: Promise<never>;
  readonly fail: (error: unknown) => void;
  readonly #uploads: Pick<Uploads, 'begin'>;
  readonly #maxBytes: number;
  #upload: Upload | null = null;
  #isAborted = false;
  #isBusy = false;

  constructor(uploads: Pick<Uploads, 'begin'>, maxBytes: number) {
    this.#uploads = uploads;
    this.#maxBytes = maxBytes;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = reject;
  }

  /** The upload with the whole file, once the form is read; null if the form has no file. */
  get upload(): Upload | null {
    return this.#upload;
  }

  /** Whether the client waits for the origin: for its turn, or until bytes are stored. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  _handleFile(_request: Request, file: Express.Multer.File, done: (error?: unknown, info?: object) => void): void {
    file.stream.once('limit', () => this.fail(new UploadTooLarge(this.#maxBytes)));
    this.#store(file).then(
      () => done(null, {}),
      (error: unknown) => {
        this.fail(error);
        done(error);
      },
    );
  }

  _removeFile(_request: Request, _file: Express.Multer.File, done: (error: Error | null) => void): void {
    this.abort().then(() => done(null), done);
  }

  /** Discards the upload. Can be called at any time and repeatedly. Does not wait for an upload that is still beginning. */
  async abort(): Promise<void> {
    this.#isAborted = true;
    await this.#upload?.abort();
  }

  async #store(file: Express.Multer.File): Promise<void> {
    if (!IDENTITY.has(file.encoding.toLowerCase())) throw new EncodedFile(file.encoding);
    const upload = await this.#busy(this.#begin(file.originalname));
    for await (const bytes of file.stream) await this.#busy(upload.write(bytes));
  }

  async #busy<T>(work: Promise<T>): Promise<T> {
    this.#isBusy = true;
    try {
      return await work;
    } finally {
      this.#isBusy = false;
    }
  }

  async #begin(name: string): Promise<Upload> {
    const upload = await this.#uploads.begin(name);
    if (this.#isAborted) await upload.abort();
    this.#upload = upload;
    return upload;
  }
}
