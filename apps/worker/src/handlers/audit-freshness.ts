import type { Auditor } from '../auditing/auditor.ts';
import type { Handler } from '../handler.ts';

/** Holds a sample of what readers are served against the origin. */
export function auditFreshness(auditor: Auditor): Handler<'audit-freshness'> {
  return (_data, { signal }) => auditor.audit(signal);
}
