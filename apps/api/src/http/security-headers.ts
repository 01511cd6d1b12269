import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Helmet's headers, for answers that are data: no page may be made of them. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
}
