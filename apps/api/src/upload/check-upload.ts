import { UploadTooLarge } from '@pilotlight/origin';
import type { RequestHandler } from 'express';
import { UnsupportedCoding, UnsupportedMediaType } from '../errors.ts';
import { mediaTypeOf } from '../http/json-body.ts';

/** Allowance for boundaries, part headers and small fields beside the file. */
export const FORM_OVERHEAD_BYTES = 256 * 1_024;

const EXPECTED_CODING = 'a form without Content-Encoding, in which only the file may be gzipped';

/** Refuses requests whose headers show that they are not a valid upload, before the body is read. */
export function checkUpload(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    if (mediaTypeOf(request) !== 'multipart/form-data')
      throw new UnsupportedMediaType('multipart/form-data with a field "file"', request.headers['content-type']);
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'identity')
      throw new UnsupportedCoding(EXPECTED_CODING, coding, 'identity');
    if (Number(request.headers['content-length'] ?? 0) > maxBytes + FORM_OVERHEAD_BYTES)
      throw new UploadTooLarge(maxBytes);
    next();
  };
}
