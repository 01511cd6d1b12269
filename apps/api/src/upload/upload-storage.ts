import { type Upload, type Uploads, UploadTooLarge } from '@pilotlight/origin';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';

/** Streams the file of one request into the origin. Nothing of it stays unless the upload is committed afterwards. */
export class UploadStorage implements StorageEngine {
  /** Rejects as soon as the file can't be stored: the rest of the request need not be read for that answer. */
  readonly failed: Promise<never>;
  readonly fail: (error: unknown) => void;
  readonly #uploads: Uploads;
  readonly #maxBytes: number;
  #upload: Promise<Upload> | null = null;

  constructor(uploads: Uploads, maxBytes: number) {
    this.#uploads = uploads;
    this.#maxBytes = maxBytes;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = reject;
  }

  /** The upload with all of the file in it, still to be committed; null when no file came. */
  get upload(): Promise<Upload> | null {
    return this.#upload;
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

  /** Can be called at any time, also while the upload is only beginning. */
  async abort(): Promise<void> {
    const upload = await this.#upload?.catch(() => null);
    await upload?.abort();
  }

  async #store(file: Express.Multer.File): Promise<void> {
    this.#upload = this.#uploads.begin(file.originalname);
    const upload = await this.#upload;
    for await (const bytes of file.stream) await upload.write(bytes);
  }
}
