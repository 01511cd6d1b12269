import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { clientOf, staysAllowed } from '../http/auth.ts';
import { sendJson } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';
import type { LiveSample } from '../live/live-state.ts';

/** The pause between two `tick` events, in ms: a console that gets none knows that its connection is lost. */
const TICK_MS = 5_000;

/** `GET /api/live` */
export function getLive({ live }: Deps): Handlers {
  return [
    async (_request, response) => sendJson(response, 200, (await live.latest()) satisfies AnswerBody<'getLive', 200>),
  ];
}

/** `GET /api/live/events` */
export function streamLive(deps: Deps): Handlers {
  return [liveEvents(deps)];
}

function liveEvents({ access, live, streams }: Deps): RequestHandler {
  return (request, response) => {
    const client = clientOf(request);
    const stream = streams.open(response, client, { mayContinue: staysAllowed(access, request) });
    if (request.method === 'HEAD') return stream.end('');
    /** Sections that the client could not take; their latest sample follows once it can. */
    const missed = new Map<string, LiveSample>();
    live.watch((changed) => {
      for (const sample of changed) missed.set(sample.name, sample);
      if (!stream.isWritable) return;
      for (const { name, at, text } of missed.values())
        stream.sendText(name, `{"at":${JSON.stringify(at)},"data":${text}}`);
      missed.clear();
    }, stream.closed);
    const tick = setInterval(() => {
      if (stream.isWritable) stream.sendText('tick', JSON.stringify({ at: new Date().toISOString() }));
    }, TICK_MS);
    stream.closed.addEventListener('abort', () => clearInterval(tick), { once: true });
  };
}
