import type { Config } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { TooManyUploads } from '../access/access-errors.ts';
import { callerOf } from '../http/auth.ts';
import { onceClosed } from '../http/once-closed.ts';

/**
 * Refuses an upload with 429, before its body is read, while its token has as many uploads in progress on this api as it may have.
 * Tokens of one name count together. Without tokens, each client address counts as one.
 *
 * @param inProgress the uploads in progress by uploader; routes with the same map share the limit
 */
export function limitUploads(
  { tokenUploadsAtATime }: Pick<Config, 'tokenUploadsAtATime'>,
  inProgress: Map<string, number>,
): RequestHandler {
  return (request, response, next) => {
    const { name, address, token } = callerOf(request);
    const limit = token?.uploadsAtATime ?? tokenUploadsAtATime;
    if (limit === null) return next();
    const uploader = name === null ? `the address ${address}` : `the token ${name}`;
    const count = inProgress.get(uploader) ?? 0;
    if (count >= limit) throw new TooManyUploads(uploader, limit);
    inProgress.set(uploader, count + 1);
    onceClosed(response, () => {
      const left = (inProgress.get(uploader) ?? 1) - 1;
      if (left > 0) inProgress.set(uploader, left);
      else inProgress.delete(uploader);
    });
    next();
  };
}
