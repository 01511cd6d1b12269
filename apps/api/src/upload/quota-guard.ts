import { QuotaExceeded } from '@pilotlight/origin';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { callerOf } from '../http/auth.ts';
import { FORM_OVERHEAD_BYTES } from './check-upload.ts';

/**
 * Refuses an upload that would exceed a quota, before its body is read. The size of the form is known here, that of the file only
 * within its overhead, so the transaction that adds the file has the last word.
 *
 * @param files 0 for lines, which may join an open file
 */
export function refuseBeyondQuota({ origin, logger }: Pick<Deps, 'origin' | 'logger'>, files: 0 | 1): RequestHandler {
  return async (request, _response, next) => {
    const bytes = Math.max(0, Number(request.headers['content-length'] ?? 0) - FORM_OVERHEAD_BYTES);
    try {
      await origin.uploads.checkQuotas({ uploader: callerOf(request).uploader, bytes, files });
    } catch (error) {
      if (error instanceof QuotaExceeded) throw error;
      // The upload itself reports an unreachable server.
      logger.warn({ err: error }, 'could not check the quotas before the upload');
    }
    next();
  };
}
