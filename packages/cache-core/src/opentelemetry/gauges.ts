import type { Attributes, BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import type { CacheManager } from '../cache-manager.ts';
import { NAME, ORIGIN, STATE } from './attributes.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Reports the memory, origins and log status of caches as gauges. They are read whenever metrics are collected. */
export function gaugeCaches(
  meter: Meter,
  caches: Readonly<Record<string, CacheManager>>,
  subscriptions: Subscriptions,
): void {
  const instruments = {
    memory: meter.createObservableUpDownCounter('pilotlight.cache.memory.size', {
      description: 'Bytes that entries take in the memory of this process',
      unit: 'By',
    }),
    entries: meter.createObservableUpDownCounter('pilotlight.cache.memory.entries', {
      description: 'Entries in the memory of this process',
      unit: '{entry}',
    }),
    applied: meter.createObservableGauge('pilotlight.cache.log.applied', {
      description: 'The last position of the invalidation log that this process has applied',
      unit: '{position}',
    }),
    state: meter.createObservableGauge('pilotlight.cache.log.standing', {
      description:
        '1 for the state of this process towards the invalidation log: current, leaseExpired or disconnected; 0 for the others',
      unit: '1',
    }),
    calls: meter.createObservableUpDownCounter('pilotlight.cache.origin.calls', {
      description: 'Calls of an origin: running, waiting for their turn, and abandoned but not ended',
      unit: '{call}',
    }),
  } satisfies Record<string, Observable>;
  const observe: BatchObservableCallback = (result) => {
    for (const [name, { internal }] of Object.entries(caches)) {
      const { engine } = internal;
      const of = { [NAME]: name };
      result.observe(instruments.memory, engine.memory.sizeBytes, of);
      result.observe(instruments.entries, engine.memory.size, of);
      result.observe(instruments.applied, Math.floor(engine.follower.stamp.asOf), of);
      for (const state of ['current', 'leaseExpired', 'disconnected'] as const)
        result.observe(instruments.state, engine.follower.state === state ? 1 : 0, { ...of, [STATE]: state });
      for (const [origin, { state }] of engine.origins) {
        const at = (calls: string): Attributes => ({ ...of, [ORIGIN]: origin, [STATE]: calls });
        for (const calls of ['running', 'waiting', 'abandoned'] as const)
          result.observe(instruments.calls, state[calls], at(calls));
      }
    }
  };
  const observables = Object.values(instruments);
  meter.addBatchObservableCallback(observe, observables);
  subscriptions.also(() => meter.removeBatchObservableCallback(observe, observables));
}
