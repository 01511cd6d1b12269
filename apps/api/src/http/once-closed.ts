import type { ServerResponse } from 'node:http';

/**
 * Calls `listener` once the response has closed. A client may disconnect while a guard or a query is awaited: the event `close` of
 * such a response has passed, so the listener is called at once.
 */
export function onceClosed(response: ServerResponse, listener: () => void): void {
  if (response.closed) listener();
  else response.once('close', listener);
}
