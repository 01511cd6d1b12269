import { retentionBodySchema } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler, Response } from 'express';
import type { Deps } from '../deps.ts';
import { jsonBody, sendJson } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';
import { setWriteHeaders } from '../http/write-headers.ts';
import { type AnnouncedEvent, announceEvent } from '../invalidate-by-event.ts';

/** The maximum number of files that an answer lists. */
const LISTED_FILES = 100;
/** The maximum number of files that one request deletes, so that it is answered within seconds. */
const MAX_FILES = 1_000;

/** `GET /api/retention` */
export function getRetention(deps: Deps): Handlers {
  return [(_request, response) => sendPlan(deps, response)];
}

/** `POST /api/retention` */
export function applyRetention(deps: Deps): Handlers {
  return [...jsonBody(), applyRules(deps)];
}

async function sendPlan({ config, migrations, origin }: Deps, response: Response): Promise<void> {
  await migrations.ready();
  const plan = await origin.retention.plan(config.retention, LISTED_FILES);
  sendJson(response, 200, { success: true, dry_run: true, ...plan } satisfies AnswerBody<'getRetention', 200>);
}

/** Deletes as `DELETE /api/files/:id` does: the answer comes once no process serves the files. */
function applyRules(deps: Deps): RequestHandler {
  return async (request, response) => {
    const { dry_run } = parseInput(retentionBodySchema, request.body);
    if (dry_run) return await sendPlan(deps, response);
    const { config, migrations, origin, stopping } = deps;
    await migrations.ready();
    const announced: AnnouncedEvent[] = [];
    const { outcome, ...deleted } = await origin.retention.apply(config.retention, {
      maxFiles: MAX_FILES,
      signal: stopping.signal,
      onDeleted: async (events) => {
        announced.push(...(await Promise.all(events.map((event) => announceEvent(deps, event)))));
      },
    });
    setWriteHeaders(response, {
      selectors: announced.flatMap(({ selectors }) => selectors),
      positions: announced.flatMap(({ positions }) => positions),
    });
    const state = announced.some(({ invalidation }) => invalidation.state === 'pending') ? 'pending' : 'applied';
    const { rules, stored, due } = await origin.retention.plan(config.retention, 0);
    sendJson(response, 200, {
      success: true,
      dry_run: false,
      rules,
      outcome,
      deleted,
      invalidation: { state },
      stored,
      due,
    } satisfies AnswerBody<'applyRetention', 200>);
  };
}
