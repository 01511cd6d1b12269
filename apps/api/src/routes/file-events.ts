import { type FileEventPosition, parseFileEventId } from '@pilotlight/contracts';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { InvalidInput } from '../errors.ts';
import { clientOf, staysAllowed } from '../http/auth.ts';
import type { Handlers } from '../http/register-routes.ts';
import { shown } from '../http/shown.ts';
import type { EventStream } from '../streams/event-stream.ts';
import { eventsAfter, isLast } from '../streams/events-after.ts';
import { FileWatch, type ProgressListener } from '../streams/file-watch.ts';
import { noFile } from './files.ts';

/** `GET /api/files/:id/events` */
export function streamFileEvents(deps: Deps): Handlers {
  return [fileEvents(deps, new FileWatch(deps.origin.progress, deps.logger))];
}

function fileEvents({ origin, migrations, streams, access }: Deps, watch: FileWatch): RequestHandler {
  return async (request, response) => {
    const id = String(request.params['id']);
    const after = positionOf(request.get('last-event-id'));
    // WHATWG HTML, section 9.2.3: 204 ends the reconnecting.
    if (after !== null && isLast(after)) return void response.status(204).set('Cache-Control', 'no-store').end();
    await migrations.ready();
    const client = clientOf(request);
    streams.check(client);
    const progress = (await origin.progress.of([id])).get(id.toLowerCase());
    if (progress === undefined) throw noFile(id);
    const stream = streams.open(response, client, { mayContinue: staysAllowed(access, request) });
    if (request.method === 'HEAD') return stream.end('');
    const follow = follower(id, stream, after);
    follow(progress);
    watch.watch(id, follow, stream.closed);
  };
}

/** Returns a function that sends the events of a file's states. A client that reads slowly gets the latest state once it can. */
function follower(fileId: string, stream: EventStream, start: FileEventPosition | null): ProgressListener {
  let after = start;
  return (progress) => {
    if (!stream.isWritable) return;
    for (const event of eventsAfter(fileId, progress, after)) {
      stream.send(event);
      after = parseFileEventId(event.id);
      if (after !== null && isLast(after)) stream.end('the last event was sent');
    }
  };
}

function positionOf(lastEventId: string | undefined): FileEventPosition | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const position = parseFileEventId(lastEventId);
  if (position !== null) return position;
  const detail = `expected the id of an event of this stream, such as "stored", got ${shown(lastEventId)}`;
  throw new InvalidInput([{ field: 'Last-Event-ID', detail }]);
}
