import { type ApiClient, answerOf } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../../session/session.ts';
import { withoutRepeats } from './key-text.ts';
import type { HotKey } from './types.ts';

/** The most that one answer lists. */
const PAGE_SIZE = 500;
const RELOADED_AFTER_MS = 15_000;

/** The hot keys as far as they have been read. */
export interface HotKeys {
  readonly keys: readonly HotKey[];
  /** All hot keys. */
  readonly total: number;
  /** When the first page was read, in ms since 1970. */
  readonly at: number;
}

export interface ReadHotKeys {
  /** Null before the first page. */
  readonly hot: HotKeys | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Reads all hot keys, page by page, and again 15 s after the end of a read while the page is visible. */
export function useHotKeys(): ReadHotKeys {
  const [state, setState] = useState<Omit<ReadHotKeys, 'reload'>>({ hot: null, error: null, isLoading: true });
  const [round, setRound] = useState(0);
  const api = client.value;
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setInterval> | undefined;
    setState((before) => ({ ...before, isLoading: true }));
    readPages(api, stop.signal, (hot, isWhole) => {
      // A reload replaces the list only once it is whole, so that the rows below do not disappear for a moment.
      setState(({ hot: before, ...rest }) =>
        isWhole || round === 0 ? { hot, error: null, isLoading: !isWhole } : { ...rest, hot: before },
      );
    })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
      })
      .finally(() => {
        if (stop.signal.aborted) return;
        timer = setInterval(() => !document.hidden && setRound((last) => last + 1), RELOADED_AFTER_MS);
      });
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [api, round]);
  return { ...state, reload: () => setRound((last) => last + 1) };
}

async function readPages(
  api: ApiClient,
  signal: AbortSignal,
  onPage: (hot: HotKeys, isWhole: boolean) => void,
): Promise<void> {
  const at = Date.now();
  let keys: readonly HotKey[] = [];
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const query: { prefix: string; limit: number; cursor: number } = {
      prefix: '*',
      limit: PAGE_SIZE,
      cursor: Number(cursor),
    };
    const { data } = await answerOf(api.GET('/api/cache/keys', { params: { query }, signal }));
    keys = withoutRepeats([...keys, ...data.keys]);
    cursor = data.next;
    onPage({ keys, total: data.total, at }, cursor === null);
  }
}
