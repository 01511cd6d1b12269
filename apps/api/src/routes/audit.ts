import { auditQuerySchema } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { Deps } from '../deps.ts';
import { sendJson } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `GET /api/audit` */
export function listAuditRecords({ migrations, origin }: Deps): Handlers {
  return [
    async (request, response) => {
      const query = parseInput(auditQuerySchema, request.query);
      await migrations.ready();
      const page = await origin.audit.list(query);
      sendJson(response, 200, { success: true, ...page } satisfies AnswerBody<'listAuditRecords', 200>);
    },
  ];
}
