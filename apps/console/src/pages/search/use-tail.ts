import { newStreamState, readEvents, type StreamState } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { pause } from '../../live/pause.ts';
import { client, isRefused } from '../../session/session.ts';
import type { Hit } from './search-types.ts';
import { EMPTY_TAIL, paused, received, type Skipped, type TailItem, type TailState } from './tail-state.ts';

/** `waiting`: the stream ended or broke and is opened again. */
export type TailConnection = 'connecting' | 'open' | 'waiting';

export interface Tail {
  readonly tail: TailState;
  readonly connection: TailConnection;
  /** Why the stream cannot be opened; null while it is open. */
  readonly error: unknown;
  readonly setPaused: (isPaused: boolean) => void;
  readonly clear: () => void;
}

/** The page is drawn at most this often, whatever number of lines comes. */
const DRAWN_EVERY_MS = 200;
const MAX_WAIT_MS = 15_000;

/** Follows a live tail while the component exists, and begins again with each path and each token. */
export function useTail(path: string): Tail {
  const [tail, setTail] = useState<TailState>(EMPTY_TAIL);
  const [{ connection, error }, setStatus] = useState<Pick<Tail, 'connection' | 'error'>>(CONNECTING);
  const api = client.value;
  useEffect(() => {
    const stop = new AbortController();
    setTail(EMPTY_TAIL);
    setStatus(CONNECTING);
    let items: TailItem[] = [];
    const timer = setInterval(() => {
      const taken = items;
      items = [];
      if (taken.length > 0) setTail((before) => received(before, taken));
    }, DRAWN_EVERY_MS);
    const follow = async (): Promise<void> => {
      const stream = newStreamState();
      while (!stop.signal.aborted) {
        const isRepeated = await readOnce(path, stop.signal, stream, {
          onOpen: () => setStatus({ connection: 'open', error: null }),
          onItem: (item) => items.push(item),
          onEnd: (failure) => setStatus({ connection: 'waiting', error: failure }),
        });
        if (!isRepeated) return;
        await pause(Math.min(stream.retryMs, MAX_WAIT_MS), stop.signal);
      }
    };
    void follow();
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [api, path]);
  return {
    tail,
    connection,
    error,
    setPaused: (isPaused) => setTail((before) => paused(before, isPaused)),
    clear: () => setTail((before) => ({ ...EMPTY_TAIL, isPaused: before.isPaused })),
  };
}

const CONNECTING = { connection: 'connecting', error: null } as const;

interface Listener {
  readonly onOpen: () => void;
  readonly onItem: (item: TailItem) => void;
  /** @param error null if the api ended the stream */
  readonly onEnd: (error: unknown) => void;
}

/** Reads one stream until it ends. Returns whether it is worth opening it again: not without another token. */
async function readOnce(path: string, stop: AbortSignal, stream: StreamState, listener: Listener): Promise<boolean> {
  try {
    for await (const { event, data, id = '' } of readEvents(client.peek(), path, stop, stream)) {
      listener.onOpen();
      if (event === 'line') {
        const line = JSON.parse(data) as Hit;
        listener.onItem({ kind: 'line', key: line.id, line });
      } else if (event === 'skipped') {
        listener.onItem({ kind: 'skipped', key: id, skipped: JSON.parse(data) as Skipped });
      }
    }
    if (!stop.aborted) listener.onEnd(null);
    return true;
  } catch (error) {
    if (!stop.aborted) listener.onEnd(error);
    return !isRefused(error);
  }
}
