import { UploadTooLarge } from '@pilotlight/origin';
import type { RequestHandler } from 'express';
import { UnsupportedCoding, UnsupportedMediaType } from '../errors.ts';
import { mediaTypeOf } from '../http/json-body.ts';

/** Boundaries, part headers and small fields may take so much beside the file. */
const FORM_OVERHEAD_BYTES = 256 * 1_024;

/** Refuses what its headers already tell apart from an upload, before any of it is read. */
export function checkUpload(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    if (mediaTypeOf(request) !== 'multipart/form-data')
      throw new UnsupportedMediaType('multipart/form-data with a field "file"', request.headers['content-type']);
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'identity') throw new UnsupportedCoding(coding);
    if (Number(request.headers['content-length'] ?? 0) > maxBytes + FORM_OVERHEAD_BYTES)
      throw new UploadTooLarge(maxBytes);
    next();
  };
}
