import { webTrace, zipfTrace } from '../../../../packages/cache-core/src/testing/traces.ts';

const KEYS = 20_000;
const SEED = 1;

/** The replayed requests: the recorded ones of a web server, and keys drawn by Zipf's law with an exponent. */
export const TRACES = ['web server', 'zipf 0.7', 'zipf 0.9', 'zipf 1.1'] as const;
export type TraceName = (typeof TRACES)[number];

/** Returns the keys of the first `reads` requests, or the reason why the trace is missing. */
export function requestsOf(trace: TraceName, reads: number): readonly string[] | { readonly missing: string } {
  const found = trace === 'web server' ? webTrace() : zipfTrace(KEYS, reads, SEED, Number(trace.slice('zipf '.length)));
  return 'missing' in found ? found : found.keys.slice(0, reads);
}
