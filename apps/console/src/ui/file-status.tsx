import { Badge } from './badge.tsx';

const TONES = { received: 'accent', indexing: 'accent', indexed: 'ok', failed: 'bad' } as const;

/** The state of an uploaded file. */
export function FileStatus({ status }: { readonly status: keyof typeof TONES }) {
  return <Badge tone={TONES[status]}>{status}</Badge>;
}
