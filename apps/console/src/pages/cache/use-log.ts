import { answerOf } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { useLive } from '../../live/live.ts';
import { client } from '../../session/session.ts';
import { isComplete, merged } from './log-text.ts';
import type { LogAnswer, LogRecord } from './types.ts';

const PAGE_SIZE = 50;
/** The time after which a record without its cause is read again, and how many times: its receipt may wait for the end of a lease. */
const COMPLETE_AFTER_MS = 1_000;
const MAX_READS = 6;

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
  /** Returns the page; null without one. */
  const read = async (cursor: number | null, signal?: AbortSignal): Promise<LogAnswer | null> => {
    setState((last) => ({ ...last, isLoading: true }));
    const query = { limit: PAGE_SIZE, ...(cursor !== null && { before: cursor }) };
    try {
      const { data } = await answerOf(api.GET('/api/cache/log', { params: { query }, ...(signal && { signal }) }));
      if (signal?.aborted) return null;
      setState((last) => ({ answer: merged(last.answer, data, cursor), error: null, isLoading: false }));
      return data;
    } catch (error) {
      if (!signal?.aborted) setState((last) => ({ ...last, error, isLoading: false }));
      return null;
    }
  };
  const readLatest = async (signal: AbortSignal): Promise<void> => {
    for (let reads = 1; reads <= MAX_READS && !signal.aborted; reads++) {
      const page = await read(null, signal);
      if (page === null || isComplete(page)) return;
      await new Promise((resolve) => setTimeout(resolve, COMPLETE_AFTER_MS));
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    void readLatest(stop.signal);
    return () => stop.abort();
  }, [api, applied, round]);
  const { answer } = state;
  return {
    ...state,
    log: answer,
    older: answer?.next ?? null,
    reload: () => setRound((last) => last + 1),
    readOlder: () => {
      if (answer?.next != null) void read(answer.next);
    },
  };
}
