import type { AnswerBody } from '@pilotlight/contracts/http';
import type { Deps } from '../deps.ts';
import { sendJson } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';
import { readinessOf } from '../live/readiness-report.ts';

/** `GET /healthz`: the process is alive. */
export function getLiveness(): Handlers {
  const live = { status: 'live' } satisfies AnswerBody<'getLiveness', 200>;
  return [(_request, response) => sendJson(response, 200, live)];
}

/** `GET /readyz`: whether the process can serve, and the state of each dependency. */
export function getReadiness(deps: Deps): Handlers {
  return [
    async (_request, response) => {
      const report = readinessOf(deps, await deps.probes.get());
      sendJson(response, report.status === 'ready' ? 200 : 503, report);
    },
  ];
}
