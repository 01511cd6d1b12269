import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, ApiProblem, ApiUnreachable, newStreamState, readEvents } from '@pilotlight/client';

type ApiEvent = ReturnType<typeof readEvents> extends AsyncGenerator<infer Event> ? Event : never;

/** Tries in a row without a stream after which the api counts as unreachable: about a minute, longer than a restart. */
const MAX_FAILURES = 8;
/** The maximum wait before a reconnection, in ms. */
const MAX_WAIT_MS = 10_000;
/** Statuses of an api that is busy or restarts. */
const TEMPORARY = [408, 429, 502, 503, 504];

/**
 * Yields the server-sent events of a path until `signal` is aborted. The api ends each stream after some time, so this function
 * reconnects with the last id. It rejects at once if the first stream does not begin, and after 8 failed tries in a row later.
 * It returns if the answer is not a stream of events.
 */
export async function* followEvents(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ApiEvent, void> {
  const state = newStreamState();
  let failures = 0;
  for (;;) {
    const { streams } = state;
    let retryAfterMs = 0;
    try {
      yield* readEvents(client, path, signal, state);
      if (state.streams === streams) return;
      failures = 0;
    } catch (error) {
      if (signal.aborted || state.streams === 0 || !isTemporary(error)) throw error;
      failures = state.streams === streams ? failures + 1 : 0;
      if (failures === MAX_FAILURES) throw error;
      if (error instanceof ApiProblem) retryAfterMs = (error.retryAfterS ?? 0) * 1_000;
    }
    const waitMs = Math.max(retryAfterMs, state.retryMs * 2 ** failures);
    await sleep(Math.min(MAX_WAIT_MS, waitMs), undefined, { signal });
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof ApiUnreachable || (error instanceof ApiProblem && TEMPORARY.includes(error.status));
}
