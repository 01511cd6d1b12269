import type { ApiAnswer, ApiClient } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { client } from './session.ts';

export interface Answered<Data> {
  /** The last answer; it remains while a newer one is on its way. Null before the first. */
  readonly answer: ApiAnswer<Data> | null;
  /** The error of the last request; null if it succeeded. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** How long `answer` took, in ms: from the request until its body was read. */
  readonly tookMs: number;
  /** Asks again. */
  readonly reload: () => void;
}

const NOT_ASKED = { answer: null, error: null, isLoading: true, tookMs: 0 } as const;

/**
 * Asks the api when a component appears, and again whenever one of `inputs` or the token changes. The request before is aborted.
 *
 * @param ask `(client, signal) => answerOf(client.GET('/api/files', { params, signal }))`
 * @param inputs what `ask` reads
 */
export function useAnswer<Data>(
  ask: (client: ApiClient, signal: AbortSignal) => Promise<ApiAnswer<Data>>,
  inputs: readonly (string | number | boolean | null)[],
): Answered<Data> {
  const [state, setState] = useState<Omit<Answered<Data>, 'reload'>>(NOT_ASKED);
  const [round, setRound] = useState(0);
  const api = client.value;
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    const began = performance.now();
    ask(api, stop.signal).then(
      (answer) =>
        !stop.signal.aborted && setState({ answer, error: null, isLoading: false, tookMs: performance.now() - began }),
      (error: unknown) => !stop.signal.aborted && setState((before) => ({ ...before, error, isLoading: false })),
    );
    return () => stop.abort();
  }, [api, round, ...inputs]);
  return { ...state, reload: () => setRound((last) => last + 1) };
}
