import type { Request, RequestHandler } from 'express';
import { callerOf } from '../http/auth.ts';
import { onceClosed } from '../http/once-closed.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_INPUT_CHARACTERS = 4_096;

/** Records each request of a route that changes something, once it is answered. */
export function audited(audit: AuditLog, action: string): RequestHandler {
  return (request, response, next) => {
    if (READS.has(request.method)) return next();
    const { name: token, address } = callerOf(request);
    const about = { action, token, address, request_id: request.id, path: pathOf(request) };
    audit.begins(about);
    onceClosed(response, () => {
      const status = response.headersSent ? response.statusCode : 0;
      audit.record({ ...about, status, input: inputOf(request), count: 1 });
    });
    next();
  };
}

function pathOf({ originalUrl }: Request): string {
  return originalUrl.split('?', 1)[0] ?? '';
}

function inputOf({ body }: Request): AuditEntry['input'] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  return JSON.stringify(body).length > MAX_INPUT_CHARACTERS ? null : (body as Record<string, unknown>);
}
