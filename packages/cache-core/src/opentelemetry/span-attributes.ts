import type { Attributes } from '@opentelemetry/api';
import type { InvalidateTrace, LoadTrace, ReadMessage, ReadTrace } from '../model/diagnostics.ts';
import type { Outcome } from '../model/outcome.ts';
import * as named from './attributes.ts';

export interface SpanAttributesOptions {
  readonly bounded: named.BoundedAttributes;
  /** Whether spans contain keys and selectors, which may hold data that must not appear in traces. */
  readonly keys: boolean;
}

/** The name and attributes of the spans of one channel. */
export interface SpanDescription<Trace> {
  readonly name: string;
  begun(trace: Trace): Attributes;
  ended(trace: Trace): Attributes;
}

export function readSpan({ bounded, keys }: SpanAttributesOptions): SpanDescription<ReadTrace | ReadMessage> {
  return {
    name: 'cache.read',
    begun: ({ cache, key, prefix }) => ({
      [named.NAME]: cache,
      [named.PREFIX]: bounded.prefix(prefix),
      ...(keys && { [named.KEY]: key }),
    }),
    ended: ({ outcome }) => (outcome === null ? {} : ofOutcome(outcome)),
  };
}

export function loadSpan({ bounded, keys }: SpanAttributesOptions): SpanDescription<LoadTrace> {
  return {
    name: 'cache.load',
    begun: (load) => ({
      [named.NAME]: load.cache,
      [named.PREFIX]: bounded.prefix(load.prefix),
      [named.ORIGIN]: load.origin,
      [named.KEYS]: load.keys.length,
      ...(keys && { [named.KEY]: [...load.keys] }),
    }),
    ended: ({ stamp, waitedMs }) => ({
      ...(stamp && { [named.EPOCH]: stamp.epoch, [named.POSITION]: stamp.asOf }),
      ...(waitedMs !== null && { [named.WAITED_MS]: waitedMs }),
    }),
  };
}

export function invalidateSpan({ keys }: SpanAttributesOptions): SpanDescription<InvalidateTrace> {
  return {
    name: 'cache.invalidate',
    begun: ({ cache, mode, selectors }) => ({
      [named.NAME]: cache,
      [named.MODE]: mode,
      [named.SELECTORS]: selectors.length,
      ...(keys && { [named.SELECTOR]: [...selectors] }),
    }),
    ended: ({ state, epoch, position }) => ({
      ...(state !== null && { [named.STATE]: state }),
      ...(epoch !== null && { [named.EPOCH]: epoch }),
      ...(position !== null && { [named.POSITION]: position }),
    }),
  };
}

function ofOutcome(outcome: Outcome): Attributes {
  return {
    ...named.outcomeLabels(outcome),
    [named.COLLAPSED]: outcome.collapsed,
    [named.STORED]: outcome.stored,
    [named.AGE_MS]: outcome.ageMs,
  };
}
