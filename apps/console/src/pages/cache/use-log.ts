import { answerOf } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { useLive } from '../../live/live.ts';
import { client } from '../../session/session.ts';
import { merged } from './log-text.ts';
import type { LogAnswer, LogRecord } from './types.ts';

const PAGE_SIZE = 50;

export interface ReadLog {
  /** Null before the first page. */
  readonly log: { readonly epoch: number; readonly applied: number; readonly records: readonly LogRecord[] } | null;
  /** The position before which there are older records; null at the end. */
  readonly older: number | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
  readonly readOlder: () => void;
}

interface State {
  readonly answer: LogAnswer | null;
  readonly error: unknown;
  readonly isLoading: boolean;
}

const EMPTY: State = { answer: null, error: null, isLoading: true };

/** Reads the latest records of the invalidation log, again whenever the log moves, and older ones on request. */
export function useLog(): ReadLog {
  const [state, setState] = useState<State>(EMPTY);
  const [round, setRound] = useState(0);
  const api = client.value;
  const applied = useLive('upcoming')?.data.log.applied ?? null;
  const read = (cursor: number | null, signal?: AbortSignal): void => {
    setState((last) => ({ ...last, isLoading: true }));
    const query = { limit: PAGE_SIZE, ...(cursor !== null && { before: cursor }) };
    answerOf(api.GET('/api/cache/log', { params: { query }, ...(signal && { signal }) })).then(
      ({ data }) =>
        signal?.aborted ||
        setState((last) => ({ answer: merged(last.answer, data, cursor), error: null, isLoading: false })),
      (error: unknown) => signal?.aborted || setState((last) => ({ ...last, error, isLoading: false })),
    );
  };
  useEffect(() => {
    const stop = new AbortController();
    read(null, stop.signal);
    return () => stop.abort();
  }, [api, applied, round]);
  const { answer } = state;
  return {
    ...state,
    log: answer,
    older: answer?.next ?? null,
    reload: () => setRound((last) => last + 1),
    readOlder: () => {
      if (answer?.next != null) read(answer.next);
    },
  };
}
