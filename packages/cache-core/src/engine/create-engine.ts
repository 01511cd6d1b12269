import { type Channel, channel } from 'node:diagnostics_channel';
import { EntryCodec } from '../envelope/entry-codec.ts';
import { Learner } from '../learning/learner.ts';
import { Follower } from '../log/follower.ts';
import { Invalidator } from '../log/invalidator.ts';
import { MemoryTier } from '../memory/memory-tier.ts';
import { cacheChannels, type OriginMessage } from '../model/diagnostics.ts';
import { Unreachable } from '../model/errors.ts';
import { Backoff } from './backoff.ts';
import type { BreakerState } from './breaker.ts';
import type { EngineOptions } from './engine-options.ts';
import { Filler } from './filler.ts';
import { InFlightLoads } from './in-flight-loads.ts';
import { Inspector } from './inspector.ts';
import { Loader } from './load.ts';
import { Lookup } from './lookup.ts';
import { ManualOperations } from './manual-operations.ts';
import { OriginLimiter } from './origin-limiter.ts';
import { Reader } from './reader.ts';
import { Sweeper } from './sweeper.ts';
import { Switches } from './switches.ts';
import { TooLarge } from './too-large.ts';
import { Warmer } from './warmer.ts';

export type CacheEngine = ReturnType<typeof createEngine>;

/** Builds the engine of one process. The engine does I/O only through ports. */
export function createEngine(options: EngineOptions) {
  const follower = new Follower({
    ...options,
    onConnectivityChange: logConnectivity(options),
    onUnstarted: warnUnstarted(options),
  });
  const memory = new MemoryTier(options.memoryBytes);
  const origins = limitersOf(options);
  const parts = {
    ...options,
    follower,
    memory,
    switches: new Switches(),
    codec: new EntryCodec(options.envelope),
    inFlight: new InFlightLoads(follower),
    backoff: new Backoff(options.clock),
    tooLarge: new TooLarge(options.clock),
    learner: new Learner({ memory, follower }),
    loader: new Loader({ ...options, limiters: origins, follower }),
    invalidator: new Invalidator({ ...options, follower }),
  };
  const lookup = new Lookup(parts);
  const filler = new Filler({ ...parts, lookup });
  const sweeper = new Sweeper(parts);
  const { switches, inFlight, backoff, learner, loader, invalidator } = parts;
  return {
    follower,
    memory,
    origins,
    switches,
    lookup,
    inFlight,
    backoff,
    learner,
    loader,
    invalidator,
    sweeper,
    filler,
    reader: new Reader({ ...parts, lookup, filler }),
    warmer: new Warmer({ ...parts, lookup, filler, isShared: options.shared !== null }),
    manualOperations: new ManualOperations({ ...parts, lookup, filler, sweeper }),
    inspector: new Inspector({ ...parts, lookup }),
  };
}

function logConnectivity({ logger, maxAgeWhenDisconnectedMs }: EngineOptions): (lost: unknown) => void {
  return (lost) => {
    if (lost === null) return logger.info('Connected to the invalidation log');
    const why = lost instanceof Unreachable && lost.reply !== null ? `it answered with an error (${lost.reply}), ` : '';
    logger.warn(
      `the invalidation log is unreachable: ${why}serving only entries loaded in the last ${maxAgeWhenDisconnectedMs} ms`,
    );
  };
}

function warnUnstarted({ logger, name, maxAgeWhenDisconnectedMs }: EngineOptions): () => void {
  return () =>
    logger.warn(
      `cache ${name}: read before start(): until it is called, answers are unverified and loaded again after ${maxAgeWhenDisconnectedMs} ms; call \`await cache.start()\` once`,
    );
}

function limitersOf({ name: cache, origins, clock, logger }: EngineOptions): ReadonlyMap<string, OriginLimiter> {
  const breakers: Channel<OriginMessage> = channel(cacheChannels.origin);
  return new Map(
    Object.entries(origins).map(([name, limits]) => {
      const onStateChange = (breaker: BreakerState) => {
        if (breakers.hasSubscribers) breakers.publish({ cache, origin: name, breaker });
        logger.warn(`the breaker of the origin ${name} is ${breaker}`);
      };
      return [name, new OriginLimiter(name, limits, { clock, onStateChange })];
    }),
  );
}
