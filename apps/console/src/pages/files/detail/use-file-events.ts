import { readEvents } from '@pilotlight/client';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../../../session/session.ts';
import { afterEvent, type UploadState, WAITING } from '../upload/upload-state.ts';

const STORED: UploadState = { ...WAITING, phase: 'reading', done: ['sent'] };

/**
 * Follows the events of a file until the last one: what became of it, and how far a worker is. The state is empty before the first event; if
 * the stream breaks, the last state remains.
 */
export function useFileEvents(id: string): UploadState {
  const [state, setState] = useState(STORED);
  const api = client.value;
  useEffect(() => {
    const stop = new AbortController();
    setState(STORED);
    const follow = async (): Promise<void> => {
      const path = `/api/files/${encodeURIComponent(id)}/events`;
      for await (const { event = '', data } of readEvents(api, path, stop.signal))
        setState((before) => afterEvent(before, { event, data: JSON.parse(data) }));
    };
    // The request for the file itself shows an error of the api.
    follow().catch(() => stop.abort());
    return () => stop.abort();
  }, [api, id]);
  return state;
}
