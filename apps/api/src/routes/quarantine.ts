import { quarantinedJobParamsSchema } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import { retryQuarantined } from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';
import { NotFound, QueueUnreachable } from '../errors.ts';
import { sendJson } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `POST /api/quarantine/:queue/:id/retry` */
export function retryJob({ queues, queueConnection }: Deps): Handlers {
  return [
    async (request, response) => {
      const { queue, id } = parseInput(quarantinedJobParamsSchema, request.params);
      if (queueConnection.status !== 'ready') throw new QueueUnreachable();
      const name = await retryQuarantined(queues, queue, id);
      if (name === null) throw new NotFound(`no quarantined job ${id} in the queue ${queue}`);
      const job = { queue, id, name };
      sendJson(response, 200, { success: true, job, state: 'waiting' } satisfies AnswerBody<'retryJob', 200>);
    },
  ];
}
