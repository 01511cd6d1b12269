import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { UnsupportedCoding, UnsupportedMediaType } from '../errors.ts';
import { sendContinue } from '../http/expect.ts';
import { mediaTypeOf } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';
import { BackPressure } from '../upload/back-pressure.ts';
import { ingestWaitMs } from '../upload/ingest-wait.ts';
import { limitUploads } from '../upload/limit-uploads.ts';
import { refuseBeyondQuota } from '../upload/quota-guard.ts';
import { refuseWhenFull } from '../upload/storage-guard.ts';
import type { LineSource } from './line-metrics.ts';
import { unlessRepeated } from './repeated-request.ts';

interface Accepted {
  readonly source: LineSource;
  readonly types: RegExp;
  readonly expected: string;
}

/**
 * Returns the handlers that refuse a request with lines before its body is read, for the reasons for which an upload is refused. A request
 * whose lines are stored already is not refused for want of space or workers.
 */
export function guardIngest(deps: Deps, accepted: Accepted): Handlers {
  const { config, logger } = deps;
  const pressure = new BackPressure({ waitMs: () => ingestWaitMs(deps), maxMs: config.ingestMaxWaitMs, logger });
  return [
    checkHeaders(accepted),
    limitUploads(config, deps.uploadsInProgress),
    unlessRepeated(deps, [pressure.refuse, refuseWhenFull(deps, accepted.source), refuseBeyondQuota(deps, 0)]),
    sendContinue,
  ];
}

function checkHeaders({ types, expected }: Accepted): RequestHandler {
  return (request, _response, next) => {
    const type = mediaTypeOf(request);
    if (type !== null && !types.test(type)) throw new UnsupportedMediaType(expected, request.headers['content-type']);
    const coding = request.headers['content-encoding'] ?? 'identity';
    if (!/^(?:gzip|identity)$/i.test(coding))
      throw new UnsupportedCoding('gzip or no Content-Encoding', coding, 'gzip');
    next();
  };
}
