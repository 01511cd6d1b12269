import { parseTailEventId, type TailPosition, tailQuerySchema } from '@pilotlight/contracts';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { InvalidInput } from '../errors.ts';
import { clientOf, staysAllowed } from '../http/auth.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';
import { shown } from '../http/shown.ts';
import { Tail, type TailParts } from '../streams/tail.ts';
import { TailFeed } from '../streams/tail-feed.ts';
import { TailLooks } from '../streams/tail-looks.ts';

/** `GET /api/search/events` */
export function tailSearch(deps: Deps): Handlers {
  const { origin, logger } = deps;
  const indexed = origin.indexedFiles;
  return [searchEvents(deps, { indexed, feed: new TailFeed(indexed, logger), looks: new TailLooks(origin.logs) })];
}

function searchEvents({ migrations, logger, streams, access }: Deps, parts: TailParts): RequestHandler {
  return async (request, response) => {
    const query = parseInput(tailQuerySchema, request.query);
    const after = positionOf(request.get('last-event-id'));
    await migrations.ready();
    const client = clientOf(request);
    streams.check(client);
    const now = await parts.indexed.now();
    const stream = streams.open(response, client, { mayContinue: staysAllowed(access, request) });
    if (request.method === 'HEAD') return stream.end('');
    void new Tail(query, stream, { ...parts, now }).run(after).catch((error: unknown) => {
      logger.error({ err: error, request_id: request.id }, 'live tail');
      stream.end('the stream failed because of a bug, which was logged');
    });
  };
}

function positionOf(lastEventId: string | undefined): TailPosition | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const position = parseTailEventId(lastEventId);
  if (position !== null) return position;
  const detail = `expected the id of an event of this stream, got ${shown(lastEventId)}`;
  throw new InvalidInput([{ field: 'Last-Event-ID', detail }]);
}
