import type { ApiAnswer, ReadOutcome } from '@pilotlight/client';
import type { OutcomeKind } from '../../ui/outcome.tsx';

/** How an answer was served. */
export interface Served {
  readonly kind: OutcomeKind;
  /** The time from the request to the whole answer in the browser, in ms. */
  readonly tookMs: number;
  /** The parts of the read in the api that took time, from `Server-Timing`; a hit in memory has none. */
  readonly hops: readonly { readonly name: string; readonly ms: number }[];
  /** When the load of the answer began, on the clock of the browser and to the second; null if the answer does not say it. */
  readonly computedAt: number | null;
  readonly outcome: ReadOutcome | null;
  /** The header as it came. */
  readonly cacheStatus: string | null;
}

/** The body of an answer, and how it was served. */
export interface Timed<Data> {
  readonly body: Data;
  readonly served: Served;
}

/** Awaits an answer and measures it. Call it with a request that has just been sent. */
export async function timed<Data>(call: Promise<ApiAnswer<Data>>): Promise<ApiAnswer<Timed<Data>>> {
  const startedAt = performance.now();
  const { data, outcome, response } = await call;
  const served = servedOf(response.headers, outcome, performance.now() - startedAt, Date.now());
  return { data: { body: data, served }, outcome, response };
}

export function servedOf(headers: Headers, outcome: ReadOutcome | null, tookMs: number, now: number): Served {
  const cacheStatus = headers.get('cache-status');
  const age = outcome?.ageS ?? null;
  return {
    kind: kindOf(cacheStatus, outcome),
    tookMs,
    hops: hopsOf(headers.get('server-timing') ?? ''),
    computedAt: age === null ? null : now - age * 1_000,
    outcome,
    cacheStatus,
  };
}

function kindOf(cacheStatus: string | null, outcome: ReadOutcome | null): Served['kind'] {
  if (outcome === null) return 'unknown';
  const isRefresh = outcome.outcome === 'miss' && /\bfwd=stale\b/.test(cacheStatus ?? '');
  return isRefresh ? 'refreshed' : outcome.outcome;
}

function hopsOf(serverTiming: string): Served['hops'] {
  return [...serverTiming.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, name = '', ms]) => ({ name, ms: Number(ms) }));
}
