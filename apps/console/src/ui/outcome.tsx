import type { ReadOutcome } from '@pilotlight/client';
import { Badge } from './badge.tsx';
import type { Tone } from './toasts.tsx';

/** How an answer was served. `refreshed`: the entry was stale and was loaded again. `unknown`: the answer does not say it. */
export type OutcomeKind = ReadOutcome['outcome'] | 'refreshed' | 'unknown';

const KINDS: Readonly<Record<OutcomeKind, { readonly name: string; readonly tone: Tone; readonly title: string }>> = {
  hit: { name: 'Hit', tone: 'ok', title: 'The cache had a fresh answer' },
  stale: { name: 'Stale', tone: 'warn', title: 'The cache had an answer past its fresh time, which is loaded again' },
  miss: { name: 'Miss', tone: 'plain', title: 'The answer was loaded for this request' },
  refreshed: { name: 'Refreshed', tone: 'accent', title: 'The stored answer was stale, so it was loaded again' },
  bypass: { name: 'Bypass', tone: 'plain', title: 'The answer was loaded without the cache' },
  unknown: { name: 'Not cached', tone: 'plain', title: 'The answer does not say how it was served' },
};

/** The outcome of a read in a word. */
export function Outcome({ kind }: { readonly kind: OutcomeKind }) {
  const { name, tone, title } = KINDS[kind];
  return (
    <span title={title}>
      <Badge tone={tone}>{name}</Badge>
    </span>
  );
}
